import type { DnsRecord, DnsReply } from '../../api';
import type { Micros } from '../../sim';
import { millisecond, second } from '../../sim';
import { dateText } from './date';
import { dig } from './dig';
import type { Found } from './dns-client';
import { asked, isAddress, lookup, reverseName, searchList, serverOf } from './dns-client';
import { getent } from './getent';
import { host } from './host';
import type { Process, Program } from './process';
import { sleep } from './process';
import type { Run } from './run-command';

const types = new Set(['A', 'AAAA', 'ANY', 'CAA', 'CNAME', 'HTTPS', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'SVCB', 'TXT']);

interface Question {
  name: string;
  type: string;
  tcp: boolean;
  timeout: Micros;
  tries: number;
}

function flagsOf({ flags }: DnsReply): string {
  return (['qr', 'aa', 'tc', 'rd', 'ra'] as const).filter((flag) => flags[flag]).join(' ');
}

function* ask(process: Process, question: Question): Run<Found | undefined> {
  for (let attempt = 0; attempt < question.tries; attempt++) {
    const transport = question.tcp ? 'tcp' : 'udp';
    const found = yield* asked(process, question.name, question.type, question.timeout, { transport });
    if (found) return found;
  }
  return undefined;
}

/** `drill name [type]` of ldns. */
const drill: Program = function* (process) {
  const question: Question = {
    name: '',
    type: 'A',
    tcp: false,
    timeout: 5 * second,
    tries: 3,
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
  const found = yield* ask(process, question);
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
      `;; AUTHORITY SECTION:\n${reply.authority.map(record).join('')}\n;; ADDITIONAL SECTION:\n\n;; Query time: ${Math.floor(found.took / millisecond)} msec\n` +
      `;; SERVER: ${serverOf(process)}\n;; WHEN: ${dateText(process.sim.now, '')}\n;; MSG SIZE  rcvd: ${reply.size}\n`,
  );
  return 0;
};

const nslookupTimeout: Micros = 5 * second;

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
  const names = reverse ? [reverseName(name)] : nslookupNames(process, name);
  const kinds = reverse ? ['PTR'] : type ? [type] : ['A', 'AAAA'];
  let text = '';
  let replies = 0;
  let failed = false;
  const waiting: string[] = [];
  let longest: Micros = 0;
  // All questions are sent together; what nobody answered is told at the end.
  for (const kind of kinds) {
    for (const one of names) {
      const found = lookup(process, one, kind);
      if (!found || found.reply.silent || found.took > nslookupTimeout) {
        waiting.push(one);
        continue;
      }
      const { reply } = found;
      longest = Math.max(longest, found.took);
      replies++;
      if (reply.rcode === 'NOERROR') text += answersText(reply);
      else {
        text += `** server can't find ${one}: ${reply.rcode}\n\n`;
        failed = true;
      }
    }
  }
  const wait = waiting.length > 0 ? nslookupTimeout : longest;
  if (wait > 0) yield sleep(process.sim, wait);
  if (replies === 0) {
    process.stdout(';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  const unanswered = waiting.map((one) => `*** Can't find ${one}: No answer\n`).join('');
  process.stdout(text + (unanswered === '' ? '' : `${unanswered}\n`));
  return failed ? 1 : 0;
};

/** A name without dots is looked for in each domain of the search list, and nowhere else. */
function nslookupNames(process: Process, name: string): string[] {
  if (name.includes('.')) return [name];
  const searched = searchList(process, name).filter((one) => one !== name);
  return searched.length > 0 ? searched : [name];
}

function answersText({ answers }: DnsReply): string {
  const lines = answers.map(({ name, type, data }) => {
    const plain = name.replace(/\.$/, '');
    return type === 'PTR' ? `${plain}\tname = ${data.replace(/\.$/, '')}\n` : `Name:\t${plain}\nAddress: ${data}\n`;
  });
  return `Non-authoritative answer:\n${lines.join('')}\n`;
}

export const dnsPrograms: Readonly<Record<string, Program>> = {
  dig,
  drill,
  nslookup,
  getent,
  host,
};
