import type { DnsRecord, DnsReply } from '../../api';
import type { Micros } from '../../sim';
import { second } from '../../sim';
import { dateText } from './date';
import type { Process, Program, Wait } from './process';
import { sleep } from './process';

const banner = '9.18.49-1~deb12u3-Debian';
const types = new Set(['A', 'AAAA', 'ANY', 'CAA', 'CNAME', 'HTTPS', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'SVCB', 'TXT']);

interface Question {
  name: string;
  type: string;
  short: boolean;
  tcp: boolean;
  timeout: Micros;
  tries: number;
  edns: boolean;
}

const addressPattern = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Whether a text is an IPv4 address. */
export function isAddress(text: string): boolean {
  const match = addressPattern.exec(text);
  return match?.slice(1).every((part) => Number(part) <= 255) ?? false;
}

function reverseName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** The first server of /etc/resolv.conf. */
function serverOf(process: Process): string {
  const text = process.fs.read('/etc/resolv.conf') ?? '';
  return /^nameserver\s+(\S+)/m.exec(text)?.[1] ?? '127.0.0.1';
}

function lookup(
  process: Process,
  name: string,
  type: string,
  edns = false,
  tcp = false,
): { reply: DnsReply; forwarded: boolean } | undefined {
  if (!process.sandbox) return undefined;
  const { reply, trace } = process.sandbox.resolve(name, type, {
    ...(edns ? { ednsSize: 1232 } : {}),
    ...(tcp ? { transport: 'tcp' as const } : {}),
    recursionDesired: true,
  });
  return {
    reply,
    forwarded: trace.some((hop) => hop.hop === 'forward' && hop.outcome !== 'silence' && hop.outcome !== 'skipped'),
  };
}

/** The domains that a C library tries: with `ndots`, then as it is (DISC-3). */
function candidates(process: Process, name: string): string[] {
  if (name.endsWith('.')) return [name];
  const text = process.fs.read('/etc/resolv.conf') ?? '';
  const search = /^search\s+(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const ndots = Number(/ndots:(\d+)/.exec(text)?.[1] ?? 1);
  const dots = name.split('.').length - 1;
  const searched = search.map((domain) => `${name}.${domain}`);
  return dots >= ndots ? [name, ...searched] : [...searched, name];
}

/** Addresses of a host name as getaddrinfo finds them: /etc/hosts first, then DNS. Empty when there are none. */
export function hostAddresses(process: Process, name: string): string[] {
  if (isAddress(name)) return [name];
  if (name === 'localhost') return ['127.0.0.1'];
  const wanted = name.toLowerCase();
  for (const line of (process.fs.read('/etc/hosts') ?? '').split('\n')) {
    const [address, ...names] = line.trim().split(/\s+/);
    if (address && isAddress(address) && names.some((one) => one.toLowerCase() === wanted)) return [address];
  }
  for (const candidate of candidates(process, name)) {
    const addresses = lookup(process, candidate, 'A')?.reply.answers.filter((record) => record.type === 'A') ?? [];
    if (addresses.length > 0) return addresses.map((record) => record.data);
  }
  return [];
}

function flagsOf({ flags }: DnsReply): string {
  return (['qr', 'aa', 'tc', 'rd', 'ra'] as const).filter((flag) => flags[flag]).join(' ');
}

function tabs(name: string, width: number): string {
  return name + '\t'.repeat(Math.max(1, Math.ceil((width - name.length) / 8)));
}

function digRecord({ name, ttl, type, data }: DnsRecord): string {
  return `${tabs(name, 24)}${ttl}\tIN\t${type}\t${data}\n`;
}

function section(title: string, records: readonly DnsRecord[], print: (record: DnsRecord) => string): string {
  return records.length === 0 ? '' : `;; ${title} SECTION:\n${records.map(print).join('')}\n`;
}

function* ask(
  process: Process,
  question: Question,
  each: () => void,
): Generator<Wait, ReturnType<typeof lookup>, void> {
  for (let attempt = 0; attempt < question.tries; attempt++) {
    const found = lookup(process, question.name, question.type, question.edns, question.tcp);
    if (found && !found.reply.silent) return found;
    yield sleep(process.sim, question.timeout);
    each();
  }
  return undefined;
}

function parseDig(process: Process): Question | string {
  const question: Question = {
    name: '',
    type: 'A',
    short: false,
    tcp: false,
    timeout: 5 * second,
    tries: 3,
    edns: true,
  };
  const words = process.argv.slice(1);
  while (words.length > 0) {
    const word = words.shift()!;
    if (word.startsWith('@')) continue;
    if (word.startsWith('+')) {
      const [option, value] = word.slice(1).split('=');
      if (option === 'short') question.short = true;
      else if (option === 'tcp' || option === 'vc') question.tcp = true;
      else if (option === 'time' || option === 'timeout') question.timeout = Math.max(1, Number(value)) * second;
      else if (option === 'tries') question.tries = Math.max(1, Number(value));
      else if (option === 'retry') question.tries = Math.max(1, Number(value) + 1);
      else if (option === 'noedns') question.edns = false;
    } else if (word === '-x') {
      question.name = reverseName(words.shift() ?? '');
      question.type = 'PTR';
    } else if (word === '-t') question.type = (words.shift() ?? 'A').toUpperCase();
    else if (word.startsWith('-')) continue;
    else if (question.name !== '' && types.has(word.toUpperCase())) question.type = word.toUpperCase();
    else if (question.name === '') question.name = word;
  }
  if (question.name.split('.').some((label) => label.length > 63))
    return `'${question.name}' is not a legal name (label too long)`;
  return question;
}

/** `dig [@server] name [type] [+short ...]`. */
const dig: Program = function* (process) {
  const question = parseDig(process);
  if (typeof question === 'string') {
    process.stderr(`dig: ${question}\n`);
    return 10;
  }
  if (question.name === '') {
    question.name = '.';
    question.type = 'NS';
  }
  const server = serverOf(process);
  const began = process.sim.now;
  const found = yield* ask(process, question, () =>
    process.stdout(`;; communications error to ${server}#53: timed out\n`),
  );
  const head = `\n; <<>> DiG ${banner} <<>> ${process.argv.slice(1).join(' ')}\n;; global options: +cmd\n`;
  if (!found) {
    process.stdout(question.short ? ';; no servers could be reached\n' : `${head};; no servers could be reached\n\n`);
    return 9;
  }
  const { reply, forwarded } = found;
  if (question.short) {
    process.stdout(reply.answers.map(({ data }) => `${data}\n`).join(''));
    return 0;
  }
  const opt = forwarded && question.edns;
  const name = question.name.endsWith('.') ? question.name : `${question.name}.`;
  process.stdout(
    `${head};; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${reply.rcode}, id: ${reply.id}\n` +
      `;; flags: ${flagsOf(reply)}; QUERY: 1, ANSWER: ${reply.answers.length}, AUTHORITY: ${reply.authority.length}, ADDITIONAL: ${opt ? 1 : 0}\n\n` +
      (opt ? ';; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 8192\n' : '') +
      `;; QUESTION SECTION:\n;${tabs(name, 31)}IN\t${question.type}\n\n` +
      section('ANSWER', reply.answers, digRecord) +
      section('AUTHORITY', reply.authority, digRecord) +
      `;; Query time: ${Math.floor((process.sim.now - began) / 1_000)} msec\n;; SERVER: ${server}#53(${server}) (${question.tcp ? 'TCP' : 'UDP'})\n` +
      `;; WHEN: ${dateText(process.sim.now)}\n;; MSG SIZE  rcvd: ${reply.size}\n\n`,
  );
  return 0;
};

/** `drill name [type]` of ldns. */
const drill: Program = function* (process) {
  const question: Question = {
    name: '',
    type: 'A',
    short: false,
    tcp: false,
    timeout: 5 * second,
    tries: 3,
    edns: false,
  };
  const words = process.argv.slice(1);
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '-x') {
      question.type = 'PTR';
      continue;
    }
    if (word === '-t') question.tcp = true;
    if (word.startsWith('@') || word.startsWith('-')) continue;
    if (types.has(word.toUpperCase()) && (question.name !== '' || words.length > 0)) question.type = word.toUpperCase();
    else if (question.name === '') question.name = word;
  }
  if (question.type === 'PTR' && isAddress(question.name)) question.name = reverseName(question.name);
  if (question.name === '') {
    process.stdout('  Usage: drill name [@server] [type] [class]\n');
    return 1;
  }
  const found = yield* ask(process, question, () => {});
  if (!found) {
    process.stderr('Error: error sending query: Could not send or receive, because of network error\n');
    return 1;
  }
  const { reply } = found;
  const name = question.name.endsWith('.') ? question.name : `${question.name}.`;
  const record = (one: DnsRecord) => `${one.name}\t${one.ttl}\tIN\t${one.type}\t${one.data}\n`;
  process.stdout(
    `;; ->>HEADER<<- opcode: QUERY, rcode: ${reply.rcode}, id: ${reply.id}\n` +
      `;; flags: ${flagsOf(reply)} ; QUERY: 1, ANSWER: ${reply.answers.length}, AUTHORITY: ${reply.authority.length}, ADDITIONAL: 0 \n` +
      `;; QUESTION SECTION:\n;; ${name}\tIN\t${question.type}\n\n;; ANSWER SECTION:\n${reply.answers.map(record).join('')}\n` +
      `;; AUTHORITY SECTION:\n${reply.authority.map(record).join('')}\n;; ADDITIONAL SECTION:\n\n;; Query time: 0 msec\n` +
      `;; SERVER: ${serverOf(process)}\n;; WHEN: ${dateText(process.sim.now, '')}\n;; MSG SIZE  rcvd: ${reply.size}\n`,
  );
  return 0;
};

/** `nslookup name` of BusyBox. */
const nslookup: Program = function* (process) {
  const words = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  const name = words[0];
  if (name === undefined) {
    process.stderr('Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n');
    return 1;
  }
  const type = /-(?:type|q)=(\w+)/i.exec(process.argv.join(' '))?.[1]?.toUpperCase();
  const server = serverOf(process);
  process.stdout(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`);
  const reverse = isAddress(name);
  const asked = reverse ? [reverseName(name)] : candidates(process, name);
  let any = false;
  let missing = false;
  let text = '';
  for (const kind of reverse ? ['PTR'] : type ? [type] : ['A', 'AAAA']) {
    let answered = false;
    for (const candidate of asked) {
      const question: Question = {
        name: candidate,
        type: kind,
        short: false,
        tcp: false,
        timeout: 5 * second,
        tries: 1,
        edns: false,
      };
      const found = yield* ask(process, question, () => {});
      if (!found) {
        process.stdout(';; connection timed out; no servers could be reached\n\n');
        return 1;
      }
      const { reply } = found;
      if (reply.rcode !== 'NOERROR') {
        if (candidate !== asked.at(-1) && asked.length > 1) continue;
        if (answered || any) continue;
        text += `** server can't find ${candidate}: ${reply.rcode}\n\n`;
        missing = true;
        continue;
      }
      text += 'Non-authoritative answer:\n';
      for (const record of reply.answers) {
        if (record.type === 'PTR')
          text += `${record.name.replace(/\.$/, '')}\tname = ${record.data.replace(/\.$/, '')}\n`;
        else text += `Name:\t${record.name.replace(/\.$/, '')}\nAddress: ${record.data}\n`;
      }
      text += '\n';
      answered = true;
      if (reply.answers.length > 0) any = true;
      break;
    }
  }
  process.stdout(text);
  return missing && !any ? 1 : 0;
};

/** `getent hosts NAME` and `getent ahostsv4 NAME`. */
function getent(process: Process): number {
  const [, database, name] = process.argv;
  if (name === undefined) return 1;
  if (database === 'hosts') {
    const addresses = hostAddresses(process, name);
    if (addresses.length === 0) return 2;
    process.stdout(addresses.map((address) => `${address.padEnd(15)} ${name}\n`).join(''));
    return 0;
  }
  if (database === 'ahosts' || database === 'ahostsv4') {
    const addresses = hostAddresses(process, name);
    if (addresses.length === 0) return 2;
    for (const [index, address] of addresses.entries()) {
      process.stdout(`${address.padEnd(15)} STREAM ${index === 0 ? name : ''}\n`);
      process.stdout(`${address.padEnd(15)} DGRAM  \n${address.padEnd(15)} RAW    \n`);
    }
    return 0;
  }
  if (database === 'passwd' || database === 'group') return 2;
  process.stderr(`Unknown database: ${database}\n`);
  return 1;
}

export const dnsPrograms: Readonly<Record<string, Program>> = {
  dig,
  drill,
  nslookup,
  getent,
};
