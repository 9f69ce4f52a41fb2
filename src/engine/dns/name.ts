/** Octets of a name on the wire with its final root label, at most. */
export const longestName = 255;
/** Pointers that are followed in one name, at most. */
const mostPointers = 126;

/** A name read from a message. */
export interface WireName {
  /** Labels with their lengths, uncompressed, the root's included. */
  readonly bytes: Uint8Array;
  /** Where the message goes on after it. */
  readonly end: number;
}

/**
 * Reads a name, following pointers in either direction as the engine's DNS library does; undefined when it is cut off,
 * longer than 255 octets, has a reserved label type, or goes round in circles.
 */
export function readName(message: Uint8Array, from: number): WireName | undefined {
  const bytes: number[] = [];
  let at = from;
  let end = -1;
  let pointers = 0;
  for (;;) {
    const size = message[at++];
    if (size === undefined) return undefined;
    if (size === 0) break;
    switch (size & 0xc0) {
      case 0x00:
        if (at + size > message.length || bytes.length + size + 1 >= longestName) return undefined;
        bytes.push(size);
        for (const stop = at + size; at < stop; at++) bytes.push(message[at]!);
        break;
      case 0xc0: {
        const low = message[at++];
        if (low === undefined || ++pointers > mostPointers) return undefined;
        if (end < 0) end = at;
        at = ((size & 0x3f) << 8) | low;
        break;
      }
      default:
        return undefined;
    }
  }
  bytes.push(0);
  return { bytes: Uint8Array.from(bytes), end: end < 0 ? at : end };
}

/** Characters that have a backslash before them in a name's text. */
const special = new Set([...'."\\();@ '].map((char) => char.charCodeAt(0)));

/** The text of an uncompressed name, with its final dot; octets that are no printable ASCII as `\DDD`. */
export function nameText(bytes: Uint8Array): string {
  if (bytes.length <= 1) return '.';
  let text = '';
  for (let at = 0; bytes[at]! > 0; ) {
    const stop = at + 1 + bytes[at]!;
    for (at++; at < stop; at++) {
      const octet = bytes[at]!;
      if (special.has(octet)) text += `\\${String.fromCharCode(octet)}`;
      else if (octet < 0x20 || octet > 0x7e) text += `\\${String(octet).padStart(3, '0')}`;
      else text += String.fromCharCode(octet);
    }
    text += '.';
  }
  return text;
}

/** The labels of a name's text, backslashes understood. Undefined for what is no name: too long, or an empty label. */
export function labelsOf(text: string): readonly Uint8Array[] | undefined {
  const labels: Uint8Array[] = [];
  let label: number[] = [];
  let total = 1;
  const close = (): boolean => {
    total += label.length + 1;
    if (label.length === 0 || label.length > 63 || total > longestName) return false;
    labels.push(Uint8Array.from(label));
    label = [];
    return true;
  };
  if (text === '.' || text === '') return labels;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '.') {
      if (!close()) return undefined;
    } else if (char !== '\\') {
      label.push(char.charCodeAt(0) & 0xff);
    } else {
      const digits = /^\d{3}/.exec(text.slice(at + 1, at + 4))?.[0];
      if (digits !== undefined && Number(digits) > 255) return undefined;
      label.push(digits === undefined ? text.charCodeAt(at + 1) & 0xff : Number(digits));
      at += digits === undefined ? 1 : 3;
    }
  }
  if (label.length > 0 && !close()) return undefined;
  return labels;
}

/** A name's text as octets, uncompressed. Throws RangeError for what is no name. */
export function nameBytes(text: string): Uint8Array {
  const labels = labelsOf(text);
  if (!labels) throw new RangeError(`${text} is no domain name`);
  const bytes = new Uint8Array(labels.reduce((sum, label) => sum + label.length + 1, 1));
  let at = 0;
  for (const label of labels) {
    bytes[at++] = label.length;
    bytes.set(label, at);
    at += label.length;
  }
  return bytes;
}
