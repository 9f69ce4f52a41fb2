import type { DnsRecord } from '../../api';
import type { Sandbox } from '../../network/libnetwork';
import type { Micros, Random } from '../../sim';
import { nameText } from './name';
import type { Question } from './read-message';
import { headerSize, readMessage, uint16 } from './read-message';
import { recordData } from './record-data';
import { typeName } from './types';
import type { Flags } from './write-message';
import { emptyReply, forwardedReply, refusal, replyFlags } from './write-message';

export type DnsTransport = 'udp' | 'tcp';

/** What the questions of one container's resolver are answered from. */
export interface WireSurroundings {
  /** Brings the clock to the present; false when something is to be done first, and nothing may be answered yet. */
  catchUp(): boolean;
  now(): Micros;
  /** Whether anything happened since the last call that may change an answer: an event, a request, another cluster. */
  changed(): boolean;
  /** Who answers now; undefined while there is no such container that runs. */
  sandbox(): Sandbox | undefined;
  /** Only this network of the container is looked in. */
  readonly network: string | undefined;
  /** For the order of answers: a stream that nothing in the simulation draws from. */
  readonly random: Random;
  /** Memory for a reply; what was in it before does not matter. */
  readonly allocate: (size: number) => Uint8Array;
}

/** A reply that may have to wait. */
export interface WireReply {
  /** Undefined: silence. */
  readonly message: Uint8Array | undefined;
  /** Virtual time that it takes. */
  readonly took: Micros;
}

/** A local answer, ready to be written: what is shared by all who ask alike. */
interface Prepared {
  /** The question section in lower case. */
  readonly key: Uint8Array;
  readonly name: string;
  readonly type: number;
  /** Data of all records, one after the other, each `size` octets; shuffled in place. */
  data: Uint8Array;
  size: number;
  count: number;
  /** Of the wire when this was looked up. */
  generation: number;
}

/** Answers that are kept ready; who asks for more names than that pays for it. */
const mostPrepared = 4_096;
const smallestUdp = 512;
const largestTcp = 65_535;
/** Payload size that upstreams state, as recorded. */
const upstreamUdpSize = 8_192;
/** Type, class, TTL and length of a record. */
const fixedSize = 10;
const silence: WireReply = { message: undefined, took: 0 };

/** Octets of names in lower case. */
const folded = Uint8Array.from({ length: 256 }, (_, octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet));

/**
 * One container's embedded resolver on the wire: octets in, octets out. Local answers are kept ready, and are given as
 * long as nothing happened that could change them; addresses are shuffled anew for every answer (DISC-12). Asking
 * leaves no mark on the simulation.
 */
export class ContainerWire {
  readonly #surroundings: WireSurroundings;
  readonly #prepared = new Map<number, Prepared>();
  #generation = 0;
  #steadyUntil: Micros = Number.NEGATIVE_INFINITY;
  #sandbox: Sandbox | undefined;

  constructor(surroundings: WireSurroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * The reply to a plain question of a name that was asked for before, by UDP; undefined when it takes more to find it
   * (`answer`), which says nothing about the message.
   */
  quick(message: Uint8Array): Uint8Array | undefined {
    const { length } = message;
    // One question, plain opcode, no records but an OPT: all else is rare.
    if (length < 17 || (message[2]! & 0xf8) !== 0 || message[4] !== 0 || message[5] !== 1) return undefined;
    if ((message[6]! | message[7]! | message[8]! | message[9]! | message[10]!) !== 0) return undefined;
    let hash = 0x811c9dc5;
    let at = headerSize;
    for (;;) {
      const size = message[at++]!;
      hash = Math.imul(hash ^ size, 0x01000193);
      if (size === 0) break;
      const stop = at + size;
      if (size > 63 || stop + 4 >= length) return undefined;
      for (; at < stop; at++) hash = Math.imul(hash ^ folded[message[at]!]!, 0x01000193);
    }
    const end = at + 4;
    if (end > length) return undefined;
    for (; at < end; at++) hash = Math.imul(hash ^ message[at]!, 0x01000193);
    let limit = smallestUdp;
    if (message[11] !== 0) {
      const isOpt = message[11] === 1 && length >= end + 11 && message[end] === 0 && uint16(message, end + 1) === 41;
      if (!isOpt || uint16(message, end + 9) !== 0) return undefined;
      limit = Math.max(limit, uint16(message, end + 3));
    }
    const prepared = this.#prepared.get(hash);
    if (!prepared || !isKey(prepared.key, message, end)) return undefined;
    if (!this.#surroundings.catchUp() || !this.#isPresent()) return undefined;
    if (prepared.generation !== this.#generation && !this.#refresh(prepared)) return undefined;
    // RD and CD are copied, RA is set.
    return this.#write(message, end, prepared, limit, 0x80 | (message[2]! & 0x01), 0x80 | (message[3]! & 0x10), 0x02);
  }

  /** The reply to any message. The clock must stand at the present (`catchUp`). */
  answer(message: Uint8Array, transport: DnsTransport): WireReply {
    const read = readMessage(message);
    if (read.kind === 'ignore') return silence;
    if (read.kind === 'refuse') return { message: refusal(message, read.rcode, read.question), took: 0 };
    const { question, edns } = read;
    const limit = transport === 'tcp' ? largestTcp : Math.max(smallestUdp, edns?.size ?? 0);
    // Nobody is there who could answer; a real one's port would be closed.
    if (!this.#isPresent()) {
      return { message: emptyReply(message, question, 'REFUSED', replyFlags(message, false)), took: 0 };
    }
    const name = nameText(question.name);
    const type = typeName(question.type);
    const found = this.#sandbox!.lookup(name, type, {
      transport,
      edns: edns !== undefined,
      ...(this.#surroundings.network !== undefined && { network: this.#surroundings.network }),
    });
    const { took, rcode } = found;
    if (rcode === 'silence') return { message: undefined, took };
    if (found.forwarded) {
      const flags: Flags = { ...upstreamFlags(message), aa: found.authoritative ?? false };
      const udpSize = edns && upstreamUdpSize;
      const { answers, authority } = found;
      const reply = forwardedReply(message, question, { rcode, answers, authority, flags, udpSize, limit });
      return { message: reply, took };
    }
    if (rcode !== 'NOERROR') return { message: emptyReply(message, question, rcode, replyFlags(message, false)), took };
    const prepared = this.#prepare(question, name, found.answers);
    const flags = replyFlags(message, true);
    const third = 0x80 | (flags.opcode << 3) | (flags.rd ? 0x01 : 0);
    const plain = asked(message, question);
    const truncated = transport === 'tcp' ? 0 : 0x02;
    return {
      message: this.#write(plain, plain.length, prepared, limit, third, 0x80 | (flags.cd ? 0x10 : 0), truncated),
      took,
    };
  }

  /** Looks who answers, and whether what is ready is still the truth. False while nobody answers. */
  #isPresent(): boolean {
    const { now, changed, sandbox } = this.#surroundings;
    if (changed() || now() >= this.#steadyUntil) {
      this.#generation++;
      this.#sandbox = sandbox();
      this.#steadyUntil = this.#sandbox?.steadyUntil() ?? Number.POSITIVE_INFINITY;
    }
    return this.#sandbox !== undefined;
  }

  /** Looks a prepared answer up again; false when it is none of this node's any more. */
  #refresh(prepared: Prepared): boolean {
    const { network } = this.#surroundings;
    const type = typeName(prepared.type);
    const found = this.#sandbox!.lookup(prepared.name, type, network === undefined ? {} : { network });
    if (found.forwarded || found.rcode !== 'NOERROR') return false;
    fill(prepared, found.answers);
    prepared.generation = this.#generation;
    return true;
  }

  #prepare(question: Question, name: string, answers: readonly DnsRecord[]): Prepared {
    const key = keyOf(question);
    const { type } = question;
    const prepared = { key, name, type, data: key, size: 0, count: 0, generation: this.#generation };
    fill(prepared, answers);
    if (this.#prepared.size >= mostPrepared) this.#prepared.clear();
    let hash = 0x811c9dc5;
    for (const octet of key) hash = Math.imul(hash ^ octet, 0x01000193);
    this.#prepared.set(hash, prepared);
    return prepared;
  }

  /** A reply with the question up to `end` of `message` in it, and as many whole records as fit (DISC-18). */
  #write(
    message: Uint8Array,
    end: number,
    prepared: Prepared,
    limit: number,
    third: number,
    fourth: number,
    truncated: number,
  ): Uint8Array {
    const { data, size, count } = prepared;
    const nameSize = end - 4 - headerSize;
    const recordSize = nameSize + fixedSize + size;
    const room = Math.floor((limit - end) / recordSize);
    const kept = Math.min(count, room);
    if (count > 1) this.#shuffle(data, size, count);
    const out = this.#surroundings.allocate(end + kept * recordSize);
    for (let at = 0; at < end; at++) out[at] = message[at]!;
    out[2] = kept < count ? third | truncated : third;
    out[3] = fourth;
    out[4] = 0;
    out[5] = 1;
    out[6] = kept >> 8;
    out[7] = kept & 0xff;
    out[8] = 0;
    out[9] = 0;
    out[10] = 0;
    out[11] = 0;
    let at = end;
    for (let record = 0, from = 0; record < kept; record++) {
      // The owner is the name as it was asked, not a pointer to it (DISC-11).
      for (let octet = 0; octet < nameSize; octet++) out[at++] = message[headerSize + octet]!;
      out[at] = prepared.type >> 8;
      out[at + 1] = prepared.type & 0xff;
      out[at + 2] = 0;
      out[at + 3] = 1;
      out[at + 4] = 0;
      out[at + 5] = 0;
      out[at + 6] = localTtl >> 8;
      out[at + 7] = localTtl & 0xff;
      out[at + 8] = size >> 8;
      out[at + 9] = size & 0xff;
      at += fixedSize;
      for (const stop = from + size; from < stop; from++) out[at++] = data[from]!;
    }
    return out;
  }

  /** Each order is equally likely, whatever the order was before (DISC-12). */
  #shuffle(data: Uint8Array, size: number, count: number): void {
    for (let index = count - 1; index > 0; index--) {
      const other = this.#surroundings.random.integer(0, index);
      for (let octet = 0; octet < size; octet++) {
        const one = data[index * size + octet]!;
        data[index * size + octet] = data[other * size + octet]!;
        data[other * size + octet] = one;
      }
    }
  }
}

/** TTL of local answers (DISC-11). */
const localTtl = 600;

/** Local answers have records of one type and size: addresses, or one pointer. */
function fill(prepared: Prepared, answers: readonly DnsRecord[]): void {
  const parts = answers.map(({ type, data }) => {
    const { head, name } = recordData(type, data);
    return name ?? head;
  });
  prepared.size = parts[0]?.length ?? 0;
  prepared.count = parts.length;
  prepared.data = new Uint8Array(prepared.size * parts.length);
  for (const [index, part] of parts.entries()) prepared.data.set(part, index * prepared.size);
}

function keyOf(question: Question): Uint8Array {
  const { name, type } = question;
  const key = new Uint8Array(name.length + 4);
  for (let at = 0; at < name.length; at++) key[at] = folded[name[at]!]!;
  key.set([type >> 8, type & 0xff, question.class >> 8, question.class & 0xff], name.length);
  return key;
}

/** Whether the question section of a message, which ends at `end`, is a key. Lengths of labels are below letters. */
function isKey(key: Uint8Array, message: Uint8Array, end: number): boolean {
  const size = end - headerSize;
  if (key.length !== size) return false;
  const fields = size - 4;
  for (let at = 0; at < fields; at++) if (key[at] !== folded[message[headerSize + at]!]) return false;
  for (let at = fields; at < size; at++) if (key[at] !== message[headerSize + at]) return false;
  return true;
}

/** The header of a message with its question written out in full. */
function asked(message: Uint8Array, { name, type, class: klass }: Question): Uint8Array {
  const plain = new Uint8Array(headerSize + name.length + 4);
  plain.set(message.subarray(0, headerSize));
  plain.set(name, headerSize);
  plain.set([type >> 8, type & 0xff, klass >> 8, klass & 0xff], headerSize + name.length);
  return plain;
}

/** Flags of the recorded upstream: it copies the operation and RD, and nothing else. */
function upstreamFlags(message: Uint8Array): Flags {
  return { opcode: (message[2]! >> 3) & 0xf, rd: (message[2]! & 0x01) !== 0, ra: true };
}
