import { hostOf } from '../../network/address';
import type { Interface } from './interfaces';
import { interfacesOf, routesOf, subnetOf } from './interfaces';
import { neighbourMac } from './ip';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';
import { derive } from './run-command';

function counters(queue: number): string {
  const line = (way: string, last: string) => `          ${way} packets:0 errors:0 dropped:0 overruns:0 ${last}:0\n`;
  return `${line('RX', 'frame')}${line('TX', 'carrier')}          collisions:0 txqueuelen:${queue} \n          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n\n`;
}

const loopback =
  'lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n' +
  `          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n${counters(1_000)}`;

function interfaceText({ name, address, mac, mtu }: Interface): string {
  const { broadcast, mask } = subnetOf(address);
  return (
    `${name.padEnd(9)} Link encap:Ethernet  HWaddr ${mac.toUpperCase()}  \n` +
    `          inet addr:${hostOf(address)}  Bcast:${broadcast}  Mask:${mask}\n` +
    `          UP BROADCAST RUNNING MULTICAST  MTU:${mtu}  Metric:1\n${counters(0)}`
  );
}

/** `ifconfig [-a] [INTERFACE]`. */
export const ifconfig: Program = (process) => {
  const [name, ...changes] = process.argv.slice(1).filter((word) => word !== '-a');
  if (changes.length > 0) {
    process.stderr('ifconfig: SIOCSIFFLAGS: Operation not permitted\n');
    return 1;
  }
  const all = [...interfacesOf(process)].sort((a, b) => (a.name < b.name ? -1 : 1));
  const texts = new Map(all.map((one) => [one.name, interfaceText(one)]));
  texts.set('lo', loopback);
  if (name === undefined) process.stdout([...texts.values()].join(''));
  else if (texts.has(name)) process.stdout(texts.get(name)!);
  else {
    process.stderr(`ifconfig: ${name}: error fetching interface information: Device not found\n`);
    return 1;
  }
  return 0;
};

/** `route [-n]`. */
export const route: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'ne', values: 'A' });
  if (options.wrong !== undefined)
    return usage(process, 'route [-ne] [-A inet[6]] [{add|del} [-net|-host] TARGET ...]', options.wrong);
  if (options.operands.length > 0) {
    process.stderr('route: SIOCADDRT: Operation not permitted\n');
    return 1;
  }
  const numeric = options.has('n');
  let text = 'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n';
  for (const { network, gateway, mask, device } of routesOf(process)) {
    const target = gateway !== undefined && !numeric ? 'default' : network;
    const way = gateway ?? (numeric ? '0.0.0.0' : '*');
    text += `${target.padEnd(15)} ${way.padEnd(15)} ${mask.padEnd(15)} ${(gateway === undefined ? 'U' : 'UG').padEnd(5)} 0      0        0 ${device}\n`;
  }
  process.stdout(text);
  return 0;
};

/** `arp [-n]`. */
export const arp: Program = (process) => {
  for (const { gateway, name } of interfacesOf(process)) {
    if (gateway !== '' && process.sandbox?.defaultRoute?.interfaceName === name)
      process.stdout(`? (${gateway}) at ${neighbourMac(gateway)} [ether]  on ${name}\n`);
  }
  return 0;
};

/** Ports that programs usually listen on; a container's own are among them. */
const usualPorts = [
  80, 443, 1_936, 2_375, 3_000, 3_306, 5_000, 5_432, 6_379, 8_000, 8_080, 8_081, 8_086, 8_300, 8_301, 8_302, 8_400,
  8_443, 8_500, 8_600, 9_000, 9_090, 9_200, 27_017,
];

function listening(process: Process): readonly number[] {
  return usualPorts.filter((port) => process.http('127.0.0.1', port, '/').kind !== 'refused');
}

/** `netstat [-tulnaep]`: what listens in the container. */
export const netstat: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'ralntuwxeWp' });
  if (options.wrong !== undefined) return usage(process, 'netstat [-ral] [-tuwx] [-enWp]', options.wrong);
  if (options.has('r')) return route(derive(process, { argv: ['route', '-n'] }));
  const kind = options.has('l') ? 'only servers' : options.has('a') ? 'servers and established' : 'w/o servers';
  const owner = options.has('p') ? 'PID/Program name    ' : '';
  process.stdout(
    `Active Internet connections (${kind})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${owner}\n`,
  );
  const wanted = (letter: string) =>
    options.has(letter) || !(options.has('t') || options.has('u') || options.has('x') || options.has('w'));
  if ((options.has('l') || options.has('a')) && wanted('t')) {
    for (const port of listening(process)) {
      const first = process.processes.get(1);
      const by = options.has('p') ? `1/${first?.argv[0] ?? ''}` : '';
      process.stdout(
        `tcp        0      0 ${`0.0.0.0:${port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} LISTEN      ${by}\n`,
      );
    }
  }
  if (wanted('x'))
    process.stdout(
      `Active UNIX domain sockets (${kind})\nProto RefCnt Flags       Type       State         I-Node Path\n`,
    );
  return 0;
};
