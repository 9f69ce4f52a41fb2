const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Where bytes that are no text are put, so that they come back as they were: lone surrogates, as Python does it. */
const escapes = 0xdc00;

/** A file's bytes as the text that the simulated file systems keep. */
export function contentOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte < 0x80 ? byte : escapes + byte);
    return text;
  }
}

/** The bytes of a file's text. */
export function bytesOf(content: string): Uint8Array {
  if (!hasEscapes(content)) return encoder.encode(content);
  return Uint8Array.from(content, (character) => character.charCodeAt(0) & 0xff);
}

/** Text that came from bytes has nothing but ASCII beside its escapes. */
function hasEscapes(content: string): boolean {
  return /[\udc80-\udcff]/.test(content) && /^[\0-\x7f\udc80-\udcff]*$/.test(content);
}
