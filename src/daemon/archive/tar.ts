/** A file or folder of a tar archive. Links and devices are not among them: containers here have none. */
export interface TarEntry {
  /** Without a leading or final slash. */
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since the Unix epoch. */
  readonly time: number;
  /** Empty for folders. */
  readonly data: Uint8Array;
}

const block = 512;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const longestName = 100;

/** The archive as bytes, in the ustar form; names that do not fit get a pax header. */
export function writeTar(entries: Iterable<TarEntry>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const name = entry.kind === 'folder' ? `${entry.name}/` : entry.name;
    const bytes = encoder.encode(name);
    if (bytes.length > longestName) {
      const pax = paxRecord('path', name);
      parts.push(header(encoder.encode('PaxHeaders.0/name'), { mode: 0o644, time: entry.time, data: pax }, 'x'));
      parts.push(padded(pax));
    }
    parts.push(header(bytes.slice(0, longestName), entry, entry.kind === 'folder' ? '5' : '0'));
    if (entry.data.length > 0) parts.push(padded(entry.data));
  }
  parts.push(new Uint8Array(2 * block));
  return concat(parts);
}

/** `length key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Uint8Array {
  const rest = encoder.encode(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return concat([encoder.encode(String(length)), rest]);
}

function header(
  name: Uint8Array,
  { mode, time, data }: Pick<TarEntry, 'mode' | 'time' | 'data'>,
  type: string,
): Uint8Array {
  const bytes = new Uint8Array(block);
  const put = (at: number, text: string) => bytes.set(encoder.encode(text), at);
  bytes.set(name, 0);
  put(100, `${octal(mode, 7)}\0`);
  put(108, `${octal(0, 7)}\0`);
  put(116, `${octal(0, 7)}\0`);
  put(124, `${octal(data.length, 11)}\0`);
  put(136, `${octal(time, 11)}\0`);
  put(148, '        ');
  put(156, type);
  put(257, 'ustar\0');
  put(263, '00');
  put(265, 'root');
  put(297, 'root');
  put(148, `${octal(sum(bytes), 6)}\0 `);
  return bytes;
}

function octal(value: number, width: number): string {
  return value.toString(8).padStart(width, '0').slice(-width);
}

function sum(bytes: Uint8Array): number {
  let total = 0;
  for (const byte of bytes) total += byte;
  return total;
}

function padded(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(data.length / block) * block);
  bytes.set(data);
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Reads an archive in the forms that clients send: ustar, pax and GNU's long names. Links, devices and the like are
 * passed over. Throws a plain Error in the words of Go's reader for what is no archive.
 */
export function readTar(bytes: Uint8Array): TarEntry[] {
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  let longSize: number | undefined;
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < block) throw new Error('unexpected EOF');
    const head = bytes.subarray(at, at + block);
    at += block;
    if (head.every((byte) => byte === 0)) break;
    check(head);
    const size = longSize ?? numberAt(head, 124, 12);
    if (at + size > bytes.length) throw new Error('unexpected EOF');
    const data = bytes.subarray(at, at + size);
    const type = String.fromCharCode(head[156] ?? 0);
    at += Math.ceil(size / block) * block;
    if (type === 'x' || type === 'g') {
      const records = paxRecords(data);
      if (type === 'x') {
        longName = records.get('path') ?? longName;
        const given = records.get('size');
        longSize = given === undefined ? undefined : Number(given);
      }
      continue;
    }
    if (type === 'L') {
      longName = textAt(data, 0, data.length);
      continue;
    }
    const prefix = decoder.decode(head.subarray(257, 262)) === 'ustar' ? textAt(head, 345, 155) : '';
    const whole = longName ?? `${prefix === '' ? '' : `${prefix}/`}${textAt(head, 0, 100)}`;
    longName = undefined;
    longSize = undefined;
    const folder = type === '5' || ((type === '0' || type === '\0') && whole.endsWith('/'));
    if (!folder && type !== '0' && type !== '\0' && type !== '7') continue;
    entries.push({
      name: whole.replace(/^(\.?\/)+|\/+$/g, ''),
      kind: folder ? 'folder' : 'file',
      mode: numberAt(head, 100, 8) & 0o7777,
      time: numberAt(head, 136, 12),
      data: folder ? new Uint8Array() : Uint8Array.from(data),
    });
  }
  return entries;
}

/** The sum is made with blanks in its own place. */
function check(head: Uint8Array): void {
  // A Buffer's own slice would share its bytes.
  const copy = Uint8Array.from(head);
  copy.fill(0x20, 148, 156);
  if (sum(copy) !== numberAt(head, 148, 8)) throw new Error('archive/tar: invalid tar header');
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or GNU's binary form for large numbers. */
function numberAt(bytes: Uint8Array, at: number, length: number): number {
  if (((bytes[at] ?? 0) & 0x80) !== 0) {
    let value = 0;
    for (let index = at + 1; index < at + length; index++) value = value * 256 + (bytes[index] ?? 0);
    return value;
  }
  const text = textAt(bytes, at, length).trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) throw new Error('archive/tar: invalid tar header');
  return Number.parseInt(text, 8);
}

function paxRecords(data: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length; ) {
    const blank = data.indexOf(0x20, at);
    const length = Number(decoder.decode(data.subarray(at, blank)));
    if (blank < 0 || !Number.isInteger(length) || length <= 0) throw new Error('archive/tar: invalid tar header');
    const text = decoder.decode(data.subarray(blank + 1, at + length - 1));
    const equals = text.indexOf('=');
    records.set(text.slice(0, equals), text.slice(equals + 1));
    at += length;
  }
  return records;
}
