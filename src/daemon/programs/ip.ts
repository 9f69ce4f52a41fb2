import type { Interface } from './interfaces';
import { interfacesOf, routesOf, subnetOf } from './interfaces';
import { usage } from './options';
import type { Process, Program } from './process';

const usageText =
  'ip [OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]\n\nOPTIONS := -f[amily] inet|inet6|link | -o[neline]\n\n' +
  'ip addr add|del IFADDR dev IFACE | show|flush [dev IFACE] [to PREFIX]\nip route list|flush|add|del|change|append|replace|test ROUTE\n' +
  'ip link set IFACE [up|down] [arp on|off] [multicast on|off]\n\t[promisc on|off] [mtu NUM] [name NAME] [qlen NUM] [address MAC]\n' +
  '\t[master IFACE | nomaster] [netns PID]\nip tunnel add|change|del|show [NAME]\n\t[mode ipip|gre|sit] [remote ADDR] [local ADDR] [ttl TTL]\n' +
  'ip neigh show|flush [to PREFIX] [dev DEV] [nud STATE]\nip rule [list] | add|del SELECTOR ACTION';

type Family = 'all' | 'inet' | 'inet6' | 'link';

const loopback: Interface = { name: 'lo', index: 1, address: '127.0.0.1/8', mac: '', gateway: '', mtu: 65_536 };
const forEver = 'valid_lft forever preferred_lft forever';

function linkLines({ name, index, mac, mtu }: Interface): readonly string[] {
  if (name === 'lo') {
    return [
      `1: lo: <LOOPBACK,UP,LOWER_UP> mtu ${mtu} qdisc noqueue state UNKNOWN qlen 1000`,
      '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
    ];
  }
  const flags = '<BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN>';
  return [
    `${index}: ${name}@if${index + 1}: ${flags} mtu ${mtu} qdisc noqueue state UP `,
    `    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`,
  ];
}

function addressText({ name, address }: Interface): string {
  return name === 'lo'
    ? `inet ${address} scope host lo`
    : `inet ${address} brd ${subnetOf(address).broadcast} scope global ${name}`;
}

/** The device that words ask for: after `dev`, or alone; undefined for all. */
function deviceOf(words: readonly string[]): string | undefined {
  const at = words.indexOf('dev');
  if (at >= 0) return words[at + 1];
  return words.find((word) => !['show', 'list', 'ls', 'up', 'scope', 'global'].includes(word));
}

function showInterfaces(
  process: Process,
  words: readonly string[],
  link: boolean,
  family: Family,
  oneLine: boolean,
): number {
  const device = deviceOf(words)?.replace(/@.*/, '');
  const all = [loopback, ...interfacesOf(process)];
  const shown = device === undefined ? all : all.filter(({ name }) => name === device);
  if (shown.length === 0) {
    process.stderr(`ip: can't find device '${device}'\n`);
    return 1;
  }
  for (const one of shown) {
    const [head = '', hardware = ''] = linkLines(one);
    const withAddress = !link && family !== 'inet6' && family !== 'link';
    if (oneLine) {
      if (link || family === 'link') process.stdout(`${head}\\${hardware}\n`);
      else {
        if (family === 'all') process.stdout(`${head}\\${hardware}\n`);
        if (withAddress) process.stdout(`${one.index}: ${one.name}    ${addressText(one)}\\       ${forEver}\n`);
      }
      continue;
    }
    if (!link && family === 'inet6') continue;
    process.stdout(`${head}\n${link || family !== 'inet' ? `${hardware}\n` : ''}`);
    if (withAddress) process.stdout(`    ${addressText(one)}\n       ${forEver}\n`);
  }
  return 0;
}

function showRoutes(process: Process, words: readonly string[]): number {
  const at = words.indexOf('get');
  if (at >= 0) return routeTo(process, words[at + 1] ?? '');
  const device = words.includes('dev') ? words[words.indexOf('dev') + 1] : undefined;
  for (const route of routesOf(process)) {
    if (device !== undefined && route.device !== device) continue;
    process.stdout(
      route.gateway === undefined
        ? `${route.network}/${route.bits} dev ${route.device} scope link  src ${route.source} \n`
        : `default via ${route.gateway} dev ${route.device} \n`,
    );
  }
  return 0;
}

function routeTo(process: Process, address: string): number {
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) {
    process.stderr(`ip: invalid argument '${address}' to 'ip'\n`);
    return 1;
  }
  const routes = routesOf(process);
  const own = routes.find(
    ({ bits, network, gateway }) => gateway === undefined && subnetOf(`${address}/${bits}`).network === network,
  );
  const route = own ?? routes.find(({ gateway }) => gateway !== undefined);
  if (!route) {
    process.stderr('ip: RTNETLINK answers: Network unreachable\n');
    return 2;
  }
  const via = route.gateway === undefined ? '' : ` via ${route.gateway}`;
  process.stdout(`${address}${via} dev ${route.device}  src ${route.source} \n`);
  return 0;
}

/** Hardware address of a neighbour: of the gateway by its address, as bridges have it. */
export function neighbourMac(address: string): string {
  const parts = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `02:42:${parts.join(':')}`;
}

function showNeighbours(process: Process): number {
  for (const { gateway, name } of interfacesOf(process)) {
    if (gateway !== '' && process.sandbox?.defaultRoute?.interfaceName === name)
      process.stdout(`${gateway} dev ${name} lladdr ${neighbourMac(gateway)} ref 1 used 0/0/0 probes 1 REACHABLE\n`);
  }
  return 0;
}

/** `ip` of BusyBox: shows addresses, links, routes, neighbours and rules; changing them is not permitted. */
export const ip: Program = (process) => {
  const words = process.argv.slice(1);
  let family: Family = 'all';
  let oneLine = false;
  while (words[0]?.startsWith('-')) {
    const word = words.shift()!;
    if (/^--?o(neline)?$/.test(word)) oneLine = true;
    else if (word === '-4') family = 'inet';
    else if (word === '-6') family = 'inet6';
    else if (word === '-0') family = 'link';
    else if (/^--?f(amily)?$/.test(word)) family = (words.shift() as Family | undefined) ?? 'all';
    else return usage(process, usageText);
  }
  const [object = '', ...rest] = words;
  if (/^(add|del|delete|set|flush|change|append|replace|a|d)$/.test(rest[0] ?? '')) {
    process.stderr('ip: RTNETLINK answers: Operation not permitted\n');
    return 2;
  }
  const is = (name: string) => object !== '' && name.startsWith(object);
  if (is('address')) return showInterfaces(process, rest, false, family, oneLine);
  if (is('link')) return showInterfaces(process, rest, true, family, oneLine);
  if (is('route')) return family === 'inet6' ? 0 : showRoutes(process, rest);
  if (is('neighbour')) return showNeighbours(process);
  if (is('rule')) {
    process.stdout('0:\tfrom all lookup local \n32766:\tfrom all lookup main \n32767:\tfrom all lookup default \n');
    return 0;
  }
  if (is('tunnel')) return 0;
  return usage(process, usageText);
};
