const texts = new WeakMap<object, Buffer>();
const [open, comma, close] = ['[', ',', ']\n'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

/** A list as JSON, whose members never change: each is made into text once, however often it is sent. */
export function lastingList(members: readonly object[]): Buffer {
  const parts = [open];
  for (const [index, member] of members.entries()) {
    let text = texts.get(member);
    if (!text) {
      text = Buffer.from(JSON.stringify(member));
      texts.set(member, text);
    }
    if (index > 0) parts.push(comma);
    parts.push(text);
  }
  parts.push(close);
  return Buffer.concat(parts);
}
