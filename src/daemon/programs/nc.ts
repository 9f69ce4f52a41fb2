import { second } from '../../sim';
import { connect, kernelTimeout, talk } from './connection';
import { readOptions, usage } from './options';
import type { Program } from './process';
import { forever } from './process';

/** `nc [-vz] [-w SECONDS] HOST PORT` of BusyBox: with input, a server's answer to it. */
export const nc: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'lnuvzk46', values: 'wpisefq' });
  const [host, portText] = options.operands;
  const text = 'nc [OPTIONS] HOST PORT  - connect\nnc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen';
  if (options.wrong !== undefined) return usage(process, text, options.wrong);
  if (options.has('l')) {
    // Nobody in the simulation connects to it.
    yield forever;
    return 0;
  }
  if (host === undefined || portText === undefined) return usage(process, text);
  const ports = portText.split('-').map(Number);
  const [first = Number.NaN, last = first] = ports;
  if (ports.some((port) => !(port >= 0 && port <= 65_535))) {
    process.stderr(`nc: bad port '${portText}'\n`);
    return 1;
  }
  const limit = options.value('w') === undefined ? kernelTimeout : Number(options.value('w')) * second;
  let status = 1;
  for (let port = first; port <= last; port++) {
    const connected = yield* connect(process, host, port, limit);
    if (connected.kind === 'unknown') {
      process.stderr(`nc: bad address '${host}'\n`);
      return 1;
    }
    const { address } = connected;
    const place = `${host} (${address}:${port})`;
    if (connected.kind === 'open') {
      if (options.has('v')) process.stderr(`${place} open\n`);
      status = 0;
      if (!options.has('z')) {
        yield* talk(process, address, port);
        return 0;
      }
    } else if (connected.kind === 'timeout' && options.value('w') !== undefined) {
      process.stderr('nc: timed out\n');
      return 1;
    } else {
      const why = connected.kind === 'refused' ? 'Connection refused' : 'Operation timed out';
      if (options.has('z')) {
        if (options.has('v')) process.stderr(`nc: ${place}: ${why}\n`);
      } else process.stderr(`nc: can't connect to remote host (${address}): ${why}\n`);
    }
  }
  return status;
};
