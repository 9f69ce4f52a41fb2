import { second } from '../../sim';
import { asked, isAddress, reverseName, searchList } from './dns-client';
import { readOptions } from './options';
import type { Program } from './process';

/** `host NAME [SERVER]` of BIND. */
export const host: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: '46aCdlnrsTUvVw', values: 'ctNRWm' });
  const [name] = options.operands;
  if (name === undefined || options.wrong !== undefined) {
    process.stderr(
      'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
    );
    return 1;
  }
  const reverse = isAddress(name);
  const type = options.value('t')?.toUpperCase();
  const kinds = reverse ? ['PTR'] : type === undefined ? ['A', 'AAAA', 'MX'] : [type];
  const names = reverse ? [reverseName(name)] : searchList(process, name);
  for (const one of names) {
    let known = false;
    for (const kind of kinds) {
      const found = yield* asked(process, one, kind, 5 * second);
      if (!found) {
        process.stdout(';; communications error to 127.0.0.11#53: timed out\n;; no servers could be reached\n');
        return 1;
      }
      const { rcode, answers } = found.reply;
      if (rcode !== 'NOERROR') {
        if (known || one !== names.at(-1)) break;
        process.stdout(`Host ${reverse ? `${one}.` : name} not found: ${codes[rcode] ?? 2}(${rcode})\n`);
        return 1;
      }
      known = true;
      for (const answer of answers) {
        const owner = answer.name.replace(/\.$/, '');
        const data = answer.data;
        if (answer.type === 'A') process.stdout(`${owner} has address ${data}\n`);
        else if (answer.type === 'AAAA') process.stdout(`${owner} has IPv6 address ${data}\n`);
        else if (answer.type === 'PTR') process.stdout(`${owner} domain name pointer ${data}\n`);
        else process.stdout(`${owner} has ${answer.type} record ${data}\n`);
      }
      if (answers.length === 0 && type !== undefined) process.stdout(`${one} has no ${kind} record\n`);
    }
    if (known) return 0;
  }
  return 1;
};

const codes: Readonly<Record<string, number>> = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5, NOTIMP: 4, FORMERR: 1 };
