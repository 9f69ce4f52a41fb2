/** Fills `{0}`, `{1}` ... of a message and, once VS Code gave its translator, says it in the user's language. */
export type Translate = (message: string, ...values: (string | number | boolean)[]) => string;

const fill: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));

let translate: Translate = fill;

/** Called once by the extension's entry; without it messages stay English. */
export function useTranslator(translator: Translate): void {
  translate = translator;
}

/**
 * A text for people, in their language. The message must be a literal: the test of the translations reads it in the
 * source. Docker's own words (states, errors, progress lines) are not passed through here: they stay as Docker says them.
 */
export const t: Translate = (message, ...values) => translate(message, ...values);
