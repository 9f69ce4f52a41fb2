import type { DnsRcode, DnsRecord } from '../../api';
import { nameBytes } from './name';
import type { Question } from './read-message';
import { headerSize } from './read-message';
import { recordData } from './record-data';

const rcodes: Readonly<Record<DnsRcode, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

/** Flags of a reply, as they stand in the third and fourth octet. */
export interface Flags {
  readonly opcode: number;
  readonly aa?: boolean;
  readonly tc?: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly cd?: boolean;
}

/** Flags of the engine's replies: RD and CD are copied from plain queries only, AA and AD are never set (DISC-11). */
export function replyFlags(query: Uint8Array, ra: boolean): Flags {
  const opcode = (query[2]! >> 3) & 0xf;
  const plain = opcode === 0;
  return { opcode, ra, rd: plain && (query[2]! & 0x01) !== 0, cd: plain && (query[3]! & 0x10) !== 0 };
}

/** The engine's refusal of a message: most of the query's flags stay, AA and the reserved one go. */
export function refusal(query: Uint8Array, rcode: 'FORMERR' | 'NOTIMP', question: Question | undefined): Uint8Array {
  const message = new Writer();
  const opcode = rcode === 'NOTIMP' ? query[2]! & 0x78 : 0;
  message.header(query, 0x80 | opcode | (query[2]! & 0x03), (query[3]! & 0xb0) | rcodes[rcode], question ? 1 : 0);
  if (question) message.question(question);
  return message.bytes();
}

/** A reply without records. */
export function emptyReply(query: Uint8Array, question: Question, rcode: DnsRcode, flags: Flags): Uint8Array {
  const message = new Writer();
  message.flags(query, flags, rcode);
  message.question(question);
  return message.bytes();
}

export interface ForwardedReply {
  readonly rcode: DnsRcode;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly flags: Flags;
  /** Payload size that the upstream states, where the question had an OPT record. */
  readonly udpSize: number | undefined;
  /** Octets that may be sent. */
  readonly limit: number;
}

/** An upstream's reply: names compressed, and with nothing but TC when it does not fit (DISC-28). */
export function forwardedReply(query: Uint8Array, question: Question, reply: ForwardedReply): Uint8Array {
  const write = (records: boolean) => {
    const message = new Writer();
    message.flags(query, { ...reply.flags, tc: !records }, reply.rcode);
    message.question(question, true);
    if (records) {
      for (const record of reply.answers) message.record(record);
      for (const record of reply.authority) message.record(record);
    }
    message.counts(
      records ? reply.answers.length : 0,
      records ? reply.authority.length : 0,
      reply.udpSize === undefined ? 0 : 1,
    );
    if (reply.udpSize !== undefined) message.opt(reply.udpSize);
    return message.bytes();
  };
  const whole = write(true);
  return whole.length <= reply.limit ? whole : write(false);
}

/** Builds one message. */
class Writer {
  readonly #bytes: number[] = [];
  /** Where names begin that a pointer may lead to, by their lower-case octets. */
  readonly #places = new Map<string, number>();

  header(query: Uint8Array, third: number, fourth: number, questions: number): void {
    this.#bytes.push(query[0]!, query[1]!, third, fourth, 0, questions, 0, 0, 0, 0, 0, 0);
  }

  flags(query: Uint8Array, flags: Flags, rcode: DnsRcode): void {
    const third = 0x80 | (flags.opcode << 3) | (flags.aa ? 0x04 : 0) | (flags.tc ? 0x02 : 0) | (flags.rd ? 0x01 : 0);
    this.header(query, third, (flags.ra ? 0x80 : 0) | (flags.cd ? 0x10 : 0) | rcodes[rcode], 1);
  }

  counts(answers: number, authorities: number, additionals: number): void {
    const counts = [answers, authorities, additionals].flatMap((count) => [count >> 8, count & 0xff]);
    this.#bytes.splice(6, 6, ...counts);
  }

  question(question: Question, compressible = false): void {
    if (compressible) this.#name(question.name);
    else this.#bytes.push(...question.name);
    this.#short(question.type);
    this.#short(question.class);
  }

  record({ name, type, ttl, data }: DnsRecord): void {
    const rdata = recordData(type, data);
    this.#name(nameBytes(name));
    this.#short(rdata.type);
    this.#short(1);
    this.#short(Math.floor(ttl / 65_536) & 0xffff);
    this.#short(ttl & 0xffff);
    this.#short(0);
    const start = this.#bytes.length;
    for (const octet of rdata.head) this.#bytes.push(octet);
    if (rdata.name) this.#name(rdata.name);
    const size = this.#bytes.length - start;
    this.#bytes[start - 2] = size >> 8;
    this.#bytes[start - 1] = size & 0xff;
  }

  opt(size: number): void {
    this.#bytes.push(0, 0, 41, size >> 8, size & 0xff, 0, 0, 0, 0, 0, 0);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #short(value: number): void {
    this.#bytes.push(value >> 8, value & 0xff);
  }

  /** A name, its end replaced by a pointer where that end was written before. */
  #name(name: Uint8Array): void {
    let at = 0;
    while (name[at]! > 0) {
      const rest = String.fromCharCode(...name.subarray(at)).toLowerCase();
      const place = this.#places.get(rest);
      if (place !== undefined) {
        this.#short(0xc000 | place);
        return;
      }
      if (this.#bytes.length < 0x4000) this.#places.set(rest, this.#bytes.length);
      const stop = at + 1 + name[at]!;
      for (; at < stop; at++) this.#bytes.push(name[at]!);
    }
    this.#bytes.push(0);
  }
}

export { headerSize };
