/**
 * A form of several questions, one at a time, with a way back; what was typed is kept. Free of VS Code: the questions are
 * data, the asking is a `WizardUi`.
 */

export interface PickItem {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly detail?: string;
  readonly icon?: string;
}

interface Question<S> {
  readonly title: string;
  readonly prompt: string | ((state: S) => string);
  /** Left out of the way when false. */
  readonly when?: (state: S) => boolean;
  /** Words of a refusal that this question's answer caused: the wizard goes back to it. */
  readonly blame?: RegExp;
}

export interface InputQuestion<S> extends Question<S> {
  readonly kind: 'input';
  readonly placeholder?: string;
  readonly value: (state: S) => string;
  /** What is wrong with the text, asked at every key. */
  readonly check: (text: string, state: S) => string | undefined;
  readonly write: (text: string, state: S) => S;
}

export interface PickQuestion<S> extends Question<S> {
  readonly kind: 'pick';
  readonly many?: boolean;
  readonly items: (state: S) => readonly PickItem[] | Promise<readonly PickItem[]>;
  /** Values that are picked at the beginning. */
  readonly value: (state: S) => readonly string[];
  readonly check?: (values: readonly string[], state: S) => string | undefined;
  readonly write: (values: readonly string[], state: S) => S;
}

/** A list to choose actions from, again and again, until one ends it: "more settings … create". */
export interface MenuQuestion<S> extends Question<S> {
  readonly kind: 'menu';
  readonly items: (state: S) => readonly PickItem[];
  /** Questions that an item leads to; none: the menu is done. */
  readonly choose: (value: string, state: S) => readonly WizardQuestion<S>[];
}

export type WizardQuestion<S> = InputQuestion<S> | PickQuestion<S> | MenuQuestion<S>;

/** What a question looks like when it is asked. */
export interface Asking {
  readonly title: string;
  readonly prompt: string;
  readonly step: number;
  readonly steps: number;
  readonly canGoBack: boolean;
  /** What the engine said about the answers, until the answer changes. */
  readonly refusal?: string;
}

export interface InputAsking extends Asking {
  readonly placeholder?: string;
  readonly value: string;
  readonly check: (text: string) => string | undefined;
}

export interface PickAsking extends Asking {
  readonly items: readonly PickItem[];
  readonly picked: readonly string[];
  readonly many: boolean;
  readonly check: (values: readonly string[]) => string | undefined;
}

/** An answer, or the way that was chosen instead; `draft` is what stood there when going back. */
export type Answer<T> =
  | { readonly go: 'on'; readonly value: T }
  | { readonly go: 'back'; readonly draft?: T }
  | { readonly go: 'away' };

export interface WizardUi {
  input(asking: InputAsking): Promise<Answer<string>>;
  pick(asking: PickAsking): Promise<Answer<readonly string[]>>;
  /** Runs the work of the last answer while the user waits. */
  busy<T>(title: string, work: () => Promise<T>): Promise<T>;
}

export interface WizardOptions<S, R> {
  readonly title: string;
  readonly questions: readonly WizardQuestion<S>[];
  readonly state: S;
  /** What the answers are for. What it throws is shown, and the wizard stays open with all that was typed. */
  readonly finish: (state: S) => Promise<R>;
}

/** Asks all questions and finishes; undefined when the user went away. */
export async function runWizard<S, R>(ui: WizardUi, options: WizardOptions<S, R>): Promise<R | undefined> {
  const { questions } = options;
  let state = options.state;
  let at = next(questions, state, -1);
  let refusal: string | undefined;
  const drafts = new Map<number, string>();
  for (;;) {
    if (at >= questions.length) {
      try {
        return await ui.busy(options.title, () => options.finish(state));
      } catch (error) {
        refusal = error instanceof Error ? error.message : String(error);
        at = blamed(questions, state, refusal);
        continue;
      }
    }
    const question = questions[at] as WizardQuestion<S>;
    const back = previous(questions, state, at);
    const asked: Asking = {
      ...position(options.title, questions, state, at),
      canGoBack: back >= 0,
      ...(refusal && { refusal }),
    };
    const answer = await ask(ui, question, asked, state, drafts.get(at));
    refusal = undefined;
    if (answer.go === 'away') return undefined;
    if (answer.go === 'back') {
      if (typeof answer.draft === 'string') drafts.set(at, answer.draft);
      if (back >= 0) at = back;
      continue;
    }
    drafts.delete(at);
    state = answer.state;
    if (answer.done) at = next(questions, state, at);
  }
}

type Outcome<S> =
  | { readonly go: 'on'; readonly state: S; readonly done: boolean }
  | { readonly go: 'back'; readonly draft?: unknown }
  | { readonly go: 'away' };

async function ask<S>(
  ui: WizardUi,
  question: WizardQuestion<S>,
  asking: Asking,
  state: S,
  draft: string | undefined,
): Promise<Outcome<S>> {
  if (question.kind === 'input') {
    const answer = await ui.input({
      ...asking,
      ...(question.placeholder !== undefined && { placeholder: question.placeholder }),
      value: draft ?? question.value(state),
      check: (text) => question.check(text, state),
    });
    return answer.go === 'on' ? { go: 'on', state: question.write(answer.value, state), done: true } : answer;
  }
  if (question.kind === 'pick') {
    const answer = await ui.pick({
      ...asking,
      items: await question.items(state),
      picked: question.value(state),
      many: question.many ?? false,
      check: (values) => question.check?.(values, state),
    });
    return answer.go === 'on' ? { go: 'on', state: question.write(answer.value, state), done: true } : answer;
  }
  const answer = await ui.pick({
    ...asking,
    items: question.items(state),
    picked: [],
    many: false,
    check: () => undefined,
  });
  if (answer.go !== 'on') return answer;
  const below = question.choose(answer.value[0] ?? '', state);
  if (below.length === 0) return { go: 'on', state, done: true };
  return { go: 'on', state: await askBelow(ui, below, asking, state), done: false };
}

/** The questions of a menu's item; going back or away from the first returns to the menu. */
async function askBelow<S>(ui: WizardUi, questions: readonly WizardQuestion<S>[], menu: Asking, state: S): Promise<S> {
  let changed = state;
  for (const question of questions) {
    const asking = {
      ...menu,
      prompt: textOf(question.prompt, changed),
      title: `${menu.title}: ${question.title}`,
      canGoBack: true,
    };
    const { refusal: _settled, ...clean } = asking;
    const answer = await ask(ui, question, clean, changed, undefined);
    if (answer.go !== 'on') return state;
    changed = answer.state;
  }
  return changed;
}

function position<S>(title: string, questions: readonly WizardQuestion<S>[], state: S, at: number) {
  const asked = questions.map((question) => question.when?.(state) !== false);
  const question = questions[at] as WizardQuestion<S>;
  return {
    title: question.title && question.title !== title ? `${title}: ${question.title}` : title,
    prompt: textOf(question.prompt, state),
    step: asked.slice(0, at + 1).filter(Boolean).length,
    steps: asked.filter(Boolean).length,
  };
}

function textOf<S>(text: string | ((state: S) => string), state: S): string {
  return typeof text === 'string' ? text : text(state);
}

function next<S>(questions: readonly WizardQuestion<S>[], state: S, from: number): number {
  let at = from + 1;
  while (at < questions.length && questions[at]?.when?.(state) === false) at++;
  return at;
}

function previous<S>(questions: readonly WizardQuestion<S>[], state: S, from: number): number {
  let at = from - 1;
  while (at >= 0 && questions[at]?.when?.(state) === false) at--;
  return at;
}

/** The question whose answer a refusal is about; the last one when that is not known. */
function blamed<S>(questions: readonly WizardQuestion<S>[], state: S, refusal: string): number {
  const guilty = questions.findIndex(
    (question) => question.when?.(state) !== false && question.blame?.test(refusal) === true,
  );
  return guilty >= 0 ? guilty : previous(questions, state, questions.length);
}
