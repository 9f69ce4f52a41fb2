import type { DnsRecord, DnsReply } from '../../api';
import { padTo } from './columns';

export interface DigOptions {
  /** The command line after `dig`, as its banner repeats it: `tasks.web`, `+norecurse web`. */
  readonly args: string;
  readonly short?: boolean;
  readonly tcp?: boolean;
  /** `+noall +answer`: the records alone. */
  readonly answerOnly?: boolean;
  /** Milliseconds that the answer took; 0 when left out. */
  readonly queryTime?: number;
  /** How often dig tried before it gave up: 3, or what +tries says. */
  readonly tries?: number;
  readonly questionClass?: string;
}

const version = '9.18.49-1~deb12u3-Debian';

/** What `dig` prints for a reply, as 9.18 lays it out. `when` is the present in microseconds since the epoch. */
export function digText(reply: DnsReply, when: number, options: DigOptions): string {
  if (reply.silent) return gaveUp(reply, options);
  if (options.short) return reply.answers.map((record) => `${record.data}\n`).join('');
  if (options.answerOnly) return reply.answers.map(recordLine).join('');
  const sections: string[] = [header(reply, options)];
  sections.push(question(reply, options));
  if (reply.answers.length > 0) sections.push(`;; ANSWER SECTION:\n${reply.answers.map(recordLine).join('')}`);
  if (reply.authority.length > 0) sections.push(`;; AUTHORITY SECTION:\n${reply.authority.map(recordLine).join('')}`);
  sections.push(footer(reply, when, options));
  return `${banner(options)}${sections.join('\n')}\n`;
}

/** dig's exit status for a reply: 9 when none came. */
export function digStatus(reply: DnsReply): number {
  return reply.silent ? 9 : 0;
}

function banner(options: DigOptions): string {
  return `\n; <<>> DiG ${version} <<>> ${options.args}\n;; global options: +cmd\n`;
}

function gaveUp(reply: DnsReply, options: DigOptions): string {
  const error = `;; communications error to ${reply.server}#53: timed out\n`.repeat(options.tries ?? 3);
  if (options.short || options.answerOnly) return `${error};; no servers could be reached\n`;
  return `${error}${banner(options)};; no servers could be reached\n`;
}

function header(reply: DnsReply, options: DigOptions): string {
  const { qr, aa, tc, rd, ra } = reply.flags;
  const names = Object.entries({ qr, aa, tc, rd, ra }).flatMap(([name, set]) => (set ? [name] : []));
  const counts = [
    'QUERY: 1',
    `ANSWER: ${reply.answers.length}`,
    `AUTHORITY: ${reply.authority.length}`,
    `ADDITIONAL: ${reply.edns ? 1 : 0}`,
  ].join(', ');
  const retried = reply.flags.tc && !options.tcp ? ';; WARNING: Message has been truncated\n' : '';
  return [
    ';; Got answer:',
    `;; ->>HEADER<<- opcode: QUERY, status: ${reply.rcode}, id: ${reply.id}`,
    `;; flags: ${names.join(' ')}; ${counts}`,
    retried,
  ].join('\n');
}

function question(reply: DnsReply, options: DigOptions): string {
  const opt = reply.edns ? `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${reply.edns.udpSize}\n` : '';
  // dig counts columns without the semicolon.
  const upToClass = `${padTo(reply.question.name, 32)}${options.questionClass ?? 'IN'}`;
  const line = `;${padTo(upToClass, 40)}${reply.question.type}`;
  return `${opt};; QUESTION SECTION:\n${line}\n`;
}

function recordLine(record: DnsRecord): string {
  const upToTtl = `${padTo(record.name, 24)}${record.ttl}`;
  const upToClass = `${padTo(upToTtl, 32)}IN`;
  const upToType = `${padTo(upToClass, 40)}${record.type}`;
  return `${padTo(upToType, 48)}${record.data}\n`;
}

function footer(reply: DnsReply, when: number, options: DigOptions): string {
  return [
    `;; Query time: ${options.queryTime ?? 0} msec`,
    `;; SERVER: ${reply.server}#53(${reply.server}) (${options.tcp ? 'TCP' : 'UDP'})`,
    `;; WHEN: ${clock(when)}`,
    `;; MSG SIZE  rcvd: ${reply.size}`,
    '',
  ].join('\n');
}

/** `Tue Nov 24 14:19:50 UTC 2026`. */
function clock(when: number): string {
  const [day, date, month, year, time] = new Date(Math.floor(when / 1_000)).toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}
