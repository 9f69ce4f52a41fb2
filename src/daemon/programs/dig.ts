import type { DnsRecord, DnsReply } from '../../api';
import type { Micros } from '../../sim';
import { second } from '../../sim';
import { dateText } from './date';
import { asked, reverseName, searchList, serverOf } from './dns-client';
import type { Process, Program, Wait } from './process';

const version = '9.18.49-1~deb12u3-Debian';
const types = new Set(['A', 'AAAA', 'ANY', 'CAA', 'CNAME', 'HTTPS', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'SVCB', 'TXT']);
const classes = new Set(['IN', 'CH', 'HS', 'ANY']);
const opcodes = ['QUERY', 'IQUERY', 'STATUS', 'RESERVED3', 'NOTIFY', 'UPDATE'];
/** Bytes of a reply that is a header alone. */
const headerSize = 12;

/** What is printed, and how is asked; each question has its own, begun from those before the first name. */
interface Settings {
  readonly type: string;
  readonly dnsClass: string;
  readonly opcode: string;
  readonly short: boolean;
  readonly tcp: boolean;
  readonly ignoreTruncation: boolean;
  readonly timeout: Micros;
  readonly tries: number;
  /** EDNS payload size; undefined: no EDNS. */
  readonly edns: number | undefined;
  readonly recurse: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
  readonly search: boolean;
  readonly show: Readonly<Record<Part, boolean>>;
}

type Part = 'cmd' | 'comments' | 'question' | 'answer' | 'authority' | 'additional' | 'stats';
const parts: readonly Part[] = ['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats'];

interface Question extends Settings {
  readonly name: string;
}

interface CommandLine {
  readonly questions: readonly Question[];
  readonly showsCommand: boolean;
}

const usual: Settings = {
  type: 'A',
  dnsClass: 'IN',
  opcode: 'QUERY',
  short: false,
  tcp: false,
  ignoreTruncation: false,
  timeout: 5 * second,
  tries: 3,
  edns: 1_232,
  recurse: true,
  authenticData: true,
  checkingDisabled: false,
  search: false,
  show: everything(true),
};

function everything(shown: boolean): Record<Part, boolean> {
  return Object.fromEntries(parts.map((part) => [part, shown])) as Record<Part, boolean>;
}

/** One `+option`; an unknown one changes nothing. */
function withOption(settings: Settings, text: string): Settings {
  const [word = '', value = ''] = text.split('=');
  const on = !word.startsWith('no');
  const option = on ? word : word.slice(2);
  const number = Math.max(1, Number(value) || 1);
  switch (option) {
    case 'short':
      return { ...settings, short: on };
    case 'tcp':
    case 'vc':
      return { ...settings, tcp: on };
    case 'ignore':
      return { ...settings, ignoreTruncation: on };
    case 'time':
    case 'timeout':
      return { ...settings, timeout: number * second };
    case 'tries':
      return { ...settings, tries: number };
    case 'retry':
      return { ...settings, tries: (Number(value) || 0) + 1 };
    case 'edns':
      return { ...settings, edns: on ? (settings.edns ?? usual.edns) : undefined };
    case 'bufsize':
      return { ...settings, edns: Number(value) || usual.edns };
    case 'rec':
    case 'recurse':
    case 'rdflag':
      return { ...settings, recurse: on };
    case 'ad':
    case 'adflag':
      return { ...settings, authenticData: on };
    case 'cd':
    case 'cdflag':
      return { ...settings, checkingDisabled: on };
    case 'search':
    case 'defname':
      return { ...settings, search: on };
    case 'opcode':
      return withOpcode(settings, value);
    case 'all':
      return { ...settings, show: everything(on) };
    default:
      return (parts as readonly string[]).includes(option)
        ? { ...settings, show: { ...settings.show, [option]: on } }
        : settings;
  }
}

/** A notification asks for no recursion. */
function withOpcode(settings: Settings, value: string): Settings {
  const opcode = /^\d+$/.test(value) ? opcodes[Number(value)] : value.toUpperCase();
  if (opcode === undefined || !opcodes.includes(opcode)) return settings;
  return { ...settings, opcode, ...(opcode === 'NOTIFY' ? { recurse: false } : {}) };
}

/**
 * `dig [@server] [name] [type] [class] [-t type] [-c class] [-x address] [+options] ...`. Words after the first name
 * that are types or classes belong to it, unless -t or -c was given; then they are names of further questions.
 */
function parse(words: readonly string[]): CommandLine {
  const questions: Question[] = [];
  let before = usual;
  let open = true;
  const change = (one: (settings: Settings) => Settings): void => {
    const last = questions.pop();
    if (last) questions.push({ ...one(last), name: last.name });
    else before = one(before);
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const upper = word.toUpperCase();
    if (word.startsWith('@') || /^-[46hmruv]$/.test(word)) continue;
    if (word.startsWith('+')) change((settings) => withOption(settings, word.slice(1)));
    else if (word.startsWith('-')) {
      const option = word[1];
      const value = word.length > 2 ? word.slice(2) : (words[++index] ?? '');
      if (option === 'x') questions.push({ ...before, name: reverseName(value), type: 'PTR' });
      else if (option === 'q') questions.push({ ...before, name: value });
      else if (option === 't') {
        open = false;
        change((settings) => withType(settings, value.toUpperCase()));
      } else if (option === 'c') {
        open = false;
        if (classes.has(value.toUpperCase())) change((settings) => ({ ...settings, dnsClass: value.toUpperCase() }));
      }
    } else if (open && types.has(upper)) change((settings) => withType(settings, upper));
    else if (open && classes.has(upper)) change((settings) => ({ ...settings, dnsClass: upper }));
    else questions.push({ ...before, name: word });
  }
  if (questions.length === 0) questions.push({ ...before, name: '.', type: before.type === 'A' ? 'NS' : before.type });
  return { questions, showsCommand: questions[0]!.show.cmd && !questions[0]!.short };
}

/** Everything there is does not fit into a datagram, so dig asks for ANY over TCP. */
function withType(settings: Settings, type: string): Settings {
  return { ...settings, type, ...(type === 'ANY' ? { tcp: true } : {}) };
}

interface Found {
  readonly reply: DnsReply;
  readonly forwarded: boolean;
  readonly name: string;
  readonly tcp: boolean;
}

function* askName(
  process: Process,
  question: Question,
  name: string,
  tcp: boolean,
): Generator<Wait, Found | undefined> {
  for (let attempt = 0; attempt < question.tries; attempt++) {
    const found = yield* asked(process, name, question.type, question.timeout, {
      ...(question.edns === undefined ? {} : { ednsSize: question.edns }),
      transport: tcp ? 'tcp' : 'udp',
      recursionDesired: question.recurse,
    });
    if (found) return { ...found, name, tcp };
    process.stdout(`;; communications error to ${serverOf(process)}#53: timed out\n`);
  }
  return undefined;
}

/** With +search the names of the search list until one is there; over TCP once more what did not fit. */
function* ask(process: Process, question: Question): Generator<Wait, Found | undefined> {
  const names = question.search ? searchList(process, question.name) : [question.name];
  let found: Found | undefined;
  for (const name of names) {
    found = yield* askName(process, question, name, question.tcp);
    if (found?.reply.flags.tc && !question.ignoreTruncation && !found.tcp) {
      process.stdout(';; Truncated, retrying in TCP mode.\n');
      found = yield* askName(process, question, name, true);
    }
    if (found?.reply.rcode !== 'NXDOMAIN') return found;
  }
  return found;
}

/** Text filled up to a column with tabs; one blank when it is there already. */
function upTo(text: string, column: number): string {
  let width = 0;
  for (const char of text) width = char === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1;
  return width >= column ? `${text} ` : text + '\t'.repeat(Math.ceil((column - width) / 8));
}

function recordLine({ name, ttl, type, data }: DnsRecord): string {
  return `${upTo(upTo(`${upTo(`${upTo(name, 24)}${ttl}`, 32)}IN`, 40) + type, 48)}${data}\n`;
}

function section(title: string, records: readonly DnsRecord[], question: Question): string {
  if (records.length === 0) return '';
  const lines = records.map(recordLine).join('');
  return question.show.comments ? `;; ${title} SECTION:\n${lines}\n` : lines;
}

function withDot(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

/** A server that does not know the opcode sends the header back: no question, and what was asked for as flags. */
function refused(question: Question, { reply, tcp }: Found, process: Process, took: Micros): string {
  const flags = ['qr', question.recurse && 'rd', question.authenticData && 'ad', question.checkingDisabled && 'cd'];
  const notes = question.recurse ? ';; WARNING: recursion requested but not available\n\n' : '\n';
  const edns =
    question.edns === undefined ? '' : ";; WARNING: EDNS query returned status NOTIMP - retry with '+noedns'\n\n";
  const comments =
    `;; Got answer:\n;; ->>HEADER<<- opcode: ${question.opcode}, status: NOTIMP, id: ${reply.id}\n` +
    `;; flags: ${flags.filter(Boolean).join(' ')}; QUERY: 0, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0\n${notes}${edns}`;
  return (question.show.comments ? comments : '') + stats(process, question, took, headerSize, tcp);
}

function stats(process: Process, question: Question, took: Micros, size: number, tcp: boolean): string {
  if (!question.show.stats) return '';
  const server = serverOf(process);
  return (
    `;; Query time: ${Math.floor(took / 1_000)} msec\n;; SERVER: ${server}#53(${server}) (${tcp ? 'TCP' : 'UDP'})\n` +
    `;; WHEN: ${dateText(process.sim.now)}\n;; MSG SIZE  rcvd: ${size}\n\n`
  );
}

function answerText(process: Process, question: Question, found: Found, took: Micros): string {
  const { reply, forwarded, tcp } = found;
  const { show } = question;
  const opt = forwarded && question.edns !== undefined;
  const { qr, aa, tc, rd, ra } = reply.flags;
  const flags = Object.entries({ qr, aa, tc, rd, ra, cd: question.checkingDisabled });
  let text = '';
  if (show.comments) {
    text +=
      `;; Got answer:\n;; ->>HEADER<<- opcode: ${question.opcode}, status: ${reply.rcode}, id: ${reply.id}\n` +
      `;; flags: ${flags.flatMap(([name, set]) => (set ? [name] : [])).join(' ')}; QUERY: 1, ` +
      `ANSWER: ${reply.answers.length}, AUTHORITY: ${reply.authority.length}, ADDITIONAL: ${opt ? 1 : 0}\n\n`;
    if (opt) text += ';; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 8192\n';
  }
  if (show.question) {
    const line = `;${upTo(`${upTo(withDot(found.name), 32)}${question.dnsClass}`, 40)}${question.type}\n`;
    text += show.comments ? `;; QUESTION SECTION:\n${line}\n` : line;
  }
  if (show.answer) text += section('ANSWER', reply.answers, question);
  if (show.authority) text += section('AUTHORITY', reply.authority, question);
  return text + stats(process, question, took, reply.size, tcp);
}

/** Records of another class than the question's; the resolver ignores the class, and dig wonders. */
function isMalformed(question: Question, { answers, authority }: DnsReply): boolean {
  return question.dnsClass !== 'IN' && question.dnsClass !== 'ANY' && answers.length + authority.length > 0;
}

/** `dig` of BIND 9.18. Exit status 9: no reply; 10: a name that cannot be asked for. */
export const dig: Program = function* (process) {
  const { questions, showsCommand } = parse(process.argv.slice(1));
  const banner = `\n; <<>> DiG ${version} <<>> ${process.argv.slice(1).join(' ')}\n;; global options: +cmd\n`;
  let head = showsCommand ? banner : '';
  let status = 0;
  for (const question of questions) {
    if (question.name.split('.').some((label) => label.length > 63)) {
      process.stderr(`dig: '${question.name}' is not a legal name (label too long)\n`);
      return 10;
    }
    const began = process.sim.now;
    const found = yield* ask(process, question);
    const took = process.sim.now - began;
    if (!found) {
      process.stdout(`${head};; no servers could be reached\n${head === '' ? '' : '\n'}`);
      status = 9;
    } else if (question.short) process.stdout(found.reply.answers.map(({ data }) => `${data}\n`).join(''));
    else if (question.opcode !== 'QUERY' && question.opcode !== 'NOTIFY')
      process.stdout(head + refused(question, found, process, took));
    else {
      const warning = isMalformed(question, found.reply)
        ? ';; Warning: Message parser reports malformed message packet.\n'
        : '';
      process.stdout(warning + head + answerText(process, question, found, took));
    }
    head = '';
  }
  return status;
};
