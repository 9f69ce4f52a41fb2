import packet from 'dns-packet';
import { nameBytes } from './name';
import { typeNumber } from './types';

/** A record's type as a number and its data as octets, with what may be compressed in it. */
export interface RecordData {
  readonly type: number;
  /** Octets before the name. */
  readonly head: Uint8Array;
  /** A name that may be compressed, uncompressed here. */
  readonly name: Uint8Array | undefined;
}

const none = new Uint8Array();

/** Octets of a record from its presentation form; throws RangeError for what cannot be of its type. */
export function recordData(type: string, data: string): RecordData {
  const number = typeNumber(type);
  if (number === undefined) throw new RangeError(`${type} is no record type`);
  const parts = data.trim().split(/\s+/);
  switch (type) {
    case 'NS':
    case 'CNAME':
    case 'PTR':
    case 'DNAME':
      return { type: number, head: none, name: nameBytes(one(parts, type)) };
    case 'MX': {
      if (parts.length !== 2) throw new RangeError(`MX ${data}: give a preference and a name`);
      return { type: number, head: shorts(parts.slice(0, 1)), name: nameBytes(parts[1]!) };
    }
    case 'SRV': {
      if (parts.length !== 4) throw new RangeError(`SRV ${data}: give priority, weight, port and target`);
      const target = nameBytes(parts[3]!);
      return { type: number, head: concat([shorts(parts.slice(0, 3)), target]), name: undefined };
    }
    case 'SOA': {
      if (parts.length !== 7) throw new RangeError(`SOA ${data}: give two names and five numbers`);
      const names = parts.slice(0, 2).map(nameBytes);
      return { type: number, head: concat([...names, ...parts.slice(2).map(long)]), name: undefined };
    }
    case 'A':
    case 'AAAA':
    case 'TXT':
    case 'CAA':
      return { type: number, head: packed(type, data, parts), name: undefined };
    default:
      return { type: number, head: unknown(type, parts), name: undefined };
  }
}

function packed(type: 'A' | 'AAAA' | 'TXT' | 'CAA', data: string, parts: readonly string[]): Uint8Array {
  try {
    switch (type) {
      case 'A':
        if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(data) || data.split('.').some((part) => Number(part) > 255))
          throw new Error('no address');
        return body({ type, data });
      case 'AAAA':
        if (!data.includes(':')) throw new Error('no address');
        return body({ type, data });
      case 'TXT':
        return body({ type, data: strings(data) });
      case 'CAA': {
        const [flags = '', tag = '', ...value] = parts;
        if (!/^\d{1,3}$/.test(flags) || tag === '') throw new Error('flags, tag and value');
        // Other tags than those of the types' authors are as good.
        const known = tag as 'issue';
        return body({ type, data: { flags: Number(flags), tag: known, value: strings(value.join(' ')).join('') } });
      }
    }
  } catch (error) {
    throw new RangeError(`${type} ${data}: ${(error as Error).message}`);
  }
}

/** The data of a record of the root, which comes after a header, a name of one octet and ten octets of its own. */
function body(record: DistributiveOmit<packet.Answer, 'name'>): Uint8Array {
  const message = packet.encode({ type: 'response', answers: [{ name: '.', ...record } as packet.Answer] });
  return Uint8Array.from(message.subarray(23));
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** `"a b" c` is two strings; each has 255 octets at most. */
function strings(data: string): string[] {
  const found = data.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [''];
  return found.map((text) => {
    const plain = text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
    if (new TextEncoder().encode(plain).length > 255) throw new Error('a string is longer than 255 octets');
    return plain;
  });
}

/** `\# 4 0a000001`, the form of unknown types (RFC 3597). */
function unknown(type: string, [mark, size, ...digits]: readonly string[]): Uint8Array {
  const hex = digits.join('');
  if (mark !== '\\#' || !/^([0-9a-f]{2})*$/i.test(hex) || Number(size) !== hex.length / 2) {
    throw new RangeError(`${type}: give its data as \\# SIZE HEX`);
  }
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function one(parts: readonly string[], type: string): string {
  if (parts.length !== 1 || parts[0] === '') throw new RangeError(`${type} ${parts.join(' ')}: give one name`);
  return parts[0]!;
}

function shorts(texts: readonly string[]): Uint8Array {
  return concat(texts.map((text) => Uint8Array.of(whole(text, 0xffff) >> 8, Number(text) & 0xff)));
}

function long(text: string): Uint8Array {
  const value = whole(text, 0xffff_ffff);
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

function whole(text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw new RangeError(`${text} is no number from 0 to ${most}`);
  return value;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
