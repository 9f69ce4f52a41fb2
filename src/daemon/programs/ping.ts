import type { Micros } from '../../sim';
import { millisecond, second } from '../../sim';
import { addressesOf } from './dns-client';
import { readOptions, usage } from './options';
import type { Program } from './process';
import { sleep } from './process';

const usageText =
  'ping [OPTIONS] HOST\n\nSend ICMP ECHO_REQUESTs to HOST\n\n\t-4,-6\t\tForce IP or IPv6 name resolution\n\t-c CNT\t\tSend only CNT pings\n' +
  '\t-s SIZE\t\tSend SIZE data bytes in packets (default 56)\n\t-i SECS\t\tInterval\n\t-A\t\tPing as soon as reply is received\n\t-t TTL\t\tSet TTL\n' +
  '\t-I IFACE/IP\tSource interface or IP address\n\t-W SEC\t\tSeconds to wait for the first response (default 10)\n' +
  '\t\t\t(after all -c CNT packets are sent)\n\t-w SEC\t\tSeconds until ping exits (default:infinite)\n' +
  '\t\t\t(can exit earlier with -c CNT)\n\t-q\t\tQuiet, only display output at start/finish\n\t-p HEXBYTE\tPayload pattern';

/** Round-trip times in a container network: a tenth of a millisecond, a little different each time. */
function roundTrip(sequence: number): Micros {
  return 90 + ((sequence * 37 + 13) % 41);
}

function milliseconds(time: Micros): string {
  return (time / millisecond).toFixed(3);
}

/** `ping` of BusyBox. Without `-c` or `-w` it goes on until it is stopped. */
export const ping: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: '46qAn', values: 'csitIWwp' });
  const [host] = options.operands;
  if (options.wrong !== undefined || host === undefined) return usage(process, usageText, options.wrong);
  const numbers: Record<string, number> = {};
  for (const name of ['c', 's', 'i', 'W', 'w']) {
    const text = options.value(name);
    if (text === undefined) continue;
    if (!/^\d+(\.\d+)?$/.test(text)) {
      process.stderr(`ping: invalid number '${text}'\n`);
      return 1;
    }
    numbers[name] = Number(text);
  }
  const { c: count = Number.POSITIVE_INFINITY, s: size = 56, i: interval = 1, W: linger = 10, w: deadline } = numbers;
  const [address] = yield* addressesOf(process, host);
  if (address === undefined) {
    process.stderr(`ping: bad address '${host}'\n`);
    return 1;
  }
  const quiet = options.has('q');
  const { sim, signals } = process;
  const end = deadline === undefined ? Number.POSITIVE_INFINITY : sim.now + deadline * second;
  const times: Micros[] = [];
  let sent = 0;
  let wake: (() => void) | undefined;
  let interrupted = false;
  // Ctrl-C ends it with its numbers.
  const before = signals.handler;
  signals.handler = (number) => {
    if (number !== 2) return before?.(number) ?? false;
    interrupted = true;
    wake?.();
    return true;
  };
  const pause = (duration: Micros) => (resume: () => void) => {
    const stop = sleep(sim, duration)(resume);
    wake = resume;
    return () => {
      wake = undefined;
      stop();
    };
  };
  try {
    process.stdout(`PING ${host} (${address}): ${size} data bytes\n`);
    while (sent < count && sim.now < end && !interrupted) {
      const answered = process.reachable(address);
      const time = roundTrip(sent);
      if (answered) {
        yield pause(time);
        times.push(time);
        if (!quiet)
          process.stdout(`${size + 8} bytes from ${address}: seq=${sent} ttl=64 time=${milliseconds(time)} ms\n`);
      }
      sent++;
      const wait = sent < count ? interval * second - (answered ? time : 0) : answered ? 0 : linger * second;
      const left = Math.min(Math.max(wait, 0), end - sim.now);
      if (left > 0 && !interrupted) yield pause(left);
    }
  } finally {
    if (before) signals.handler = before;
    else delete signals.handler;
  }
  const loss = Math.floor(((sent - times.length) * 100) / sent);
  process.stdout(
    `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss\n`,
  );
  if (times.length === 0) return 1;
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const [least, most] = [Math.min(...times), Math.max(...times)];
  process.stdout(`round-trip min/avg/max = ${milliseconds(least)}/${milliseconds(average)}/${milliseconds(most)} ms\n`);
  return 0;
};
