import { readName } from './name';

export const headerSize = 12;

/** What is to be done with a message that came in. */
export type ReadMessage =
  /** Nothing: answering would only help those who abuse it. */
  | { readonly kind: 'ignore' }
  /** The header alone, and the question if it was understood, with the code. */
  | { readonly kind: 'refuse'; readonly rcode: 'FORMERR' | 'NOTIMP'; readonly question: Question | undefined }
  | { readonly kind: 'question'; readonly question: Question; readonly edns: { readonly size: number } | undefined };

export interface Question {
  /** The name uncompressed, in the case it was asked. */
  readonly name: Uint8Array;
  readonly type: number;
  readonly class: number;
}

const opcodeQuery = 0;
const opcodeNotify = 4;

/**
 * Judges a message as the engine's DNS library does (DISC-10, and as recorded): responses and stumps get silence, other
 * operations NOTIMP, what cannot be read FORMERR. Flags that a question should not have, extra bytes behind it and
 * missing records are overlooked.
 */
export function readMessage(message: Uint8Array): ReadMessage {
  if (message.length < headerSize || (message[2]! & 0x80) !== 0) return ignore;
  const opcode = (message[2]! >> 3) & 0xf;
  if (opcode !== opcodeQuery && opcode !== opcodeNotify)
    return { kind: 'refuse', rcode: 'NOTIMP', question: undefined };
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => uint16(message, at)) as Counts;
  if (questions !== 1 || answers > 1 || authorities > 1 || additionals > 2) return formatError(undefined);
  if (message.length === headerSize) return ignore;
  const found = readQuestion(message);
  if (!found) return formatError(undefined);
  const { question } = found;
  let at = found.end;
  let edns: { size: number } | undefined;
  for (const count of [answers, authorities, additionals]) {
    const section = readRecords(message, at, count);
    if (!section) return formatError(question);
    at = section.end;
    if (count === additionals) edns = section.edns;
  }
  return { kind: 'question', question, edns };
}

type Counts = [number, number, number, number];

const ignore: ReadMessage = { kind: 'ignore' };

function formatError(question: Question | undefined): ReadMessage {
  return { kind: 'refuse', rcode: 'FORMERR', question };
}

/** Type and class count as 0 where the message ends before them, and a class of which half is there. */
function readQuestion(message: Uint8Array): { readonly question: Question; readonly end: number } | undefined {
  const name = readName(message, headerSize);
  if (!name) return undefined;
  let { end } = name;
  const fields: number[] = [];
  for (let field = 0; field < 2; field++) {
    if (end === message.length) break;
    if (end + 2 > message.length) {
      if (field === 0) return undefined;
      end = message.length;
      break;
    }
    fields.push(uint16(message, end));
    end += 2;
  }
  const [type = 0, klass = 0] = fields;
  return { question: { name: name.bytes, type, class: klass }, end };
}

interface Section {
  readonly end: number;
  /** Of its last OPT record. */
  readonly edns: { readonly size: number } | undefined;
}

/** Reads over up to `count` records; fewer are there when the message ends. Undefined when one is broken. */
function readRecords(message: Uint8Array, from: number, count: number): Section | undefined {
  let at = from;
  let edns: Section['edns'];
  for (let index = 0; index < count && at < message.length; index++) {
    const name = readName(message, at);
    if (!name || name.end + 10 > message.length) return undefined;
    const fixed = name.end;
    const type = uint16(message, fixed);
    const start = fixed + 10;
    const end = start + uint16(message, fixed + 8);
    if (end > message.length) return undefined;
    if (end > start && !isData(type, message.subarray(0, end), start)) return undefined;
    if (type === typeOpt) edns = { size: uint16(message, fixed + 2) };
    at = end;
  }
  return { end: at, edns };
}

const typeOpt = 41;

/** Whether the data of a record, which goes to the end of `message`, is what its type has. Unknown types have anything. */
function isData(type: number, message: Uint8Array, start: number): boolean {
  const size = message.length - start;
  const isName = (at: number, rest = 0) => {
    const name = readName(message, at);
    return name !== undefined && name.end + rest === message.length;
  };
  switch (type) {
    case 1:
      return size === 4;
    case 28:
      return size === 16;
    case 2:
    case 5:
    case 12:
      return isName(start);
    case 6: {
      const primary = readName(message, start);
      return primary !== undefined && isName(primary.end, 20);
    }
    case 15:
      return size > 2 && isName(start + 2);
    case 33:
      return size > 6 && isName(start + 6);
    case typeOpt:
      return areOptions(message, start);
    default:
      return true;
  }
}

function areOptions(message: Uint8Array, start: number): boolean {
  let at = start;
  while (at < message.length) {
    if (at + 4 > message.length) return false;
    const end = at + 4 + uint16(message, at + 2);
    if (end > message.length || !isOption(uint16(message, at), message.subarray(at + 4, end))) return false;
    at = end;
  }
  return true;
}

/** The EDNS options whose form is looked at: long-lived queries, leases, client subnets, extended errors. */
function isOption(code: number, data: Uint8Array): boolean {
  switch (code) {
    case 1:
      return data.length >= 18;
    case 2:
      return data.length === 4 || data.length === 8;
    case 8:
      return isSubnet(data);
    case 15:
      return data.length >= 2;
    default:
      return true;
  }
}

function isSubnet(data: Uint8Array): boolean {
  if (data.length < 4) return false;
  const bits = [0, 32, 128][uint16(data, 0)];
  return bits !== undefined && data[2]! <= bits && data[3]! <= bits;
}

export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
