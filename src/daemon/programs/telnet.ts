import { connect, talk } from './connection';
import { usage } from './options';
import type { Program } from './process';

/** `telnet HOST [PORT]` of BusyBox. */
export const telnet: Program = function* (process) {
  const [host, portText = '23'] = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  if (host === undefined) return usage(process, 'telnet [-a] [-l USER] HOST [PORT]\n\nConnect to telnet server');
  const port = Number(portText);
  if (!(port > 0 && port <= 65_535)) {
    process.stderr(`telnet: bad port '${portText}'\n`);
    return 1;
  }
  const connected = yield* connect(process, host, port);
  if (connected.kind === 'unknown') {
    process.stderr(`telnet: bad address '${host}'\n`);
    return 1;
  }
  if (connected.kind !== 'open') {
    const why = connected.kind === 'refused' ? 'Connection refused' : 'Operation timed out';
    process.stderr(`telnet: can't connect to remote host (${connected.address}): ${why}\n`);
    return 1;
  }
  process.stdout(`Connected to ${host}\n`);
  if (!(yield* talk(process, connected.address, port))) return 0;
  process.stderr('Connection closed by foreign host\r\n');
  return 1;
};
