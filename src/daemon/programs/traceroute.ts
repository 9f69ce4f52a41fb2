import { second } from '../../sim';
import { addressesOf, lookup, reverseName } from './dns-client';
import { readOptions, usage } from './options';
import type { Program } from './process';
import { sleep } from './process';

/** `traceroute [-n] [-m HOPS] [-q PROBES] [-w SECONDS] HOST` of BusyBox: containers of a network are one hop away. */
export const traceroute: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'FIlnrv46', values: 'fmpqstwgizSx' });
  const [host, sizeText = '46'] = options.operands;
  const text =
    'traceroute [-46lFnrv] [-f 1ST_TTL] [-m MAXTTL] [-q PROBES] [-p PORT]\n\t[-t TOS] [-w WAIT_SEC] [-s SRC_IP] [-i IFACE]\n\t[-z PAUSE_MSEC] HOST [BYTES]';
  if (options.wrong !== undefined || host === undefined) return usage(process, text, options.wrong);
  const hops = Number(options.value('m') ?? 30);
  const probes = Number(options.value('q') ?? 3);
  const wait = Number(options.value('w') ?? 3) * second;
  if (!(hops >= 1 && hops <= 255 && probes >= 1 && probes <= 10 && wait > 0)) {
    process.stderr(`traceroute: invalid number\n`);
    return 1;
  }
  const [address] = yield* addressesOf(process, host);
  if (address === undefined) {
    process.stderr(`traceroute: bad address '${host}'\n`);
    return 1;
  }
  process.stdout(`traceroute to ${host} (${address}), ${hops} hops max, ${sizeText} byte packets\n`);
  const known = options.has('n')
    ? undefined
    : lookup(process, reverseName(address), 'PTR')?.reply.answers.find(({ type }) => type === 'PTR')?.data;
  const name = known?.replace(/\.$/, '') ?? address;
  for (let hop = 1; hop <= hops; hop++) {
    let line = `${String(hop).padStart(2)} `;
    let named = false;
    for (let probe = 0; probe < probes; probe++) {
      if (!process.reachable(address)) {
        yield sleep(process.sim, wait);
        line += ' *';
        continue;
      }
      if (!named) line += options.has('n') ? ` ${address}` : ` ${name} (${address})`;
      named = true;
      line += `  0.00${4 + ((hop + probe * 3) % 6)} ms`;
    }
    process.stdout(`${line}\n`);
    if (named) return 0;
  }
  return 0;
};
