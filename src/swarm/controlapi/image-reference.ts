const domain = String.raw`(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*`;
const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const tag = String.raw`\w[\w.-]{0,127}`;
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const reference = new RegExp(
  String.raw`^(?:(?:${domain}|\[[a-fA-F0-9:]+\])(?::[0-9]+)?/)?(${part}(?:/${part})*)(?::${tag})?(?:@${digest})?$`,
);

/** Whether a text is an image reference: `[host[:port]/]path[:tag][@digest]`, its path in lower case. */
export function isImageReference(text: string): boolean {
  const match = reference.exec(text);
  return match !== null && match[1]!.length <= 255 && !/^[a-f0-9]{64}$/.test(text);
}
