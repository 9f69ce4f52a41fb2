import { millisecond, second } from '../../sim';
import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import { hostAddresses } from './dns-client';
import { httpRequest } from './http';
import type { Process, Program } from './process';
import { sleep } from './process';

/** `ping -c N HOST`. Without a count it goes on until it is stopped. */
const ping: Program = function* (process) {
  const words = process.argv.slice(1);
  let count = Number.POSITIVE_INFINITY;
  let wait = 10 * second;
  let interval = second;
  let host: string | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    const match = /^-([cWwi])(.*)$/.exec(word);
    if (match) {
      const value = Number(match[2] || words.shift());
      if (match[1] === 'c') count = value;
      else if (match[1] === 'i') interval = value * second;
      else wait = value * second;
    } else if (!word.startsWith('-')) host = word;
  }
  if (host === undefined) {
    process.stderr('BusyBox multi-call binary.\n\nUsage: ping [OPTIONS] HOST\n');
    return 1;
  }
  const [address] = hostAddresses(process, host);
  if (address === undefined) {
    process.stderr(`ping: bad address '${host}'\n`);
    return 1;
  }
  process.stdout(`PING ${host} (${address}): 56 data bytes\n`);
  let received = 0;
  let sent = 0;
  while (sent < count) {
    const answers = process.reachable(address);
    if (answers) {
      process.stdout(`64 bytes from ${address}: seq=${sent} ttl=64 time=0.100 ms\n`);
      received++;
    }
    sent++;
    if (sent < count) yield sleep(process.sim, interval);
    else if (!answers) yield sleep(process.sim, wait);
  }
  const loss = Math.round(((sent - received) / sent) * 100);
  process.stdout(
    `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${received} packets received, ${loss}% packet loss\n`,
  );
  if (received > 0) process.stdout('round-trip min/avg/max = 0.100/0.100/0.100 ms\n');
  return received > 0 ? 0 : 1;
};

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function parseUrl(text: string): Target | undefined {
  const match = /^(?:(https?):\/\/)?([^/:?#]+)(?::(\d+))?([/?][^#]*)?/.exec(text);
  if (!match) return undefined;
  const port = match[3] ? Number(match[3]) : match[1] === 'https' ? 443 : 80;
  return { host: match[2]!, port, path: match[4]?.startsWith('/') ? match[4] : '/' };
}

type Fetched =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly address: string }
  | { readonly kind: 'unknown' | 'refused' | 'unreachable'; readonly address: string };

function fetchPage(process: Process, { host, port, path }: Target): Fetched {
  const [address] = hostAddresses(process, host);
  if (address === undefined) return { kind: 'unknown', address: '' };
  const headers = { host: port === 80 ? host : `${host}:${port}` };
  const outcome = process.http(address, port, httpRequest(path, { headers }));
  return { ...outcome, address };
}

const statusTexts: Readonly<Record<number, string>> = {
  200: 'OK',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** `curl [-s] [-f] [-o FILE] [-I] URL`. */
const curl: Program = function* (process) {
  const words = process.argv.slice(1);
  let output: string | undefined;
  let url: string | undefined;
  let writeOut: string | undefined;
  let flags = '';
  let limit = 130 * second;
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '-o' || word === '--output') output = words.shift();
    else if (word === '-w' || word === '--write-out') writeOut = words.shift();
    else if (word === '-m' || word === '--max-time' || word === '--connect-timeout')
      limit = Number(words.shift()) * second;
    else if (['-X', '-H', '-d', '--retry', '-A', '-u', '--request', '--header', '--data'].includes(word)) words.shift();
    else if (word === '--fail') flags += 'f';
    else if (word === '--silent') flags += 's';
    else if (word === '--head') flags += 'I';
    else if (/^-[a-zA-Z]+$/.test(word)) flags += word.slice(1);
    else if (!word.startsWith('-')) url = word;
  }
  const quiet = flags.includes('s') && !flags.includes('S');
  const fail = (code: number, text: string) => {
    if (!quiet) process.stderr(`curl: (${code}) ${text}\n`);
    return code;
  };
  const target = url === undefined ? undefined : parseUrl(url);
  if (!target) return fail(3, 'URL rejected: No host part in the URL');
  const page = fetchPage(process, target);
  switch (page.kind) {
    case 'unknown':
      return fail(6, `Could not resolve host: ${target.host}`);
    case 'unreachable':
      yield sleep(process.sim, limit);
      return fail(
        28,
        `Failed to connect to ${target.host} port ${target.port} after ${Math.floor(limit / millisecond)} ms: Could not connect to server`,
      );
    case 'refused':
      return fail(7, `Failed to connect to ${target.host} port ${target.port} after 0 ms: Could not connect to server`);
    case 'answer': {
      yield sleep(process.sim, millisecond);
      if (page.status >= 400 && flags.includes('f'))
        return fail(22, `The requested URL returned error: ${page.status}`);
      const head = `HTTP/1.1 ${page.status} ${statusTexts[page.status] ?? ''}\r\nContent-Length: ${page.body.length}\r\n\r\n`;
      const text = flags.includes('I') ? head : flags.includes('i') ? head + page.body : page.body;
      if (output === undefined) process.stdout(text);
      else if (output !== '/dev/null') process.fs.write(normalizePath(output, process.cwd), text);
      if (writeOut !== undefined)
        process.stdout(writeOut.replace(/%\{http_code\}/g, String(page.status)).replace(/\\n/g, '\n'));
      return 0;
    }
  }
};

/** `wget [-q] [-O FILE|-] [--spider] URL` of BusyBox. */
const wget: Program = function* (process) {
  const words = process.argv.slice(1);
  let output: string | undefined;
  let url: string | undefined;
  let quiet = false;
  let spider = false;
  let limit = 60 * second;
  while (words.length > 0) {
    const word = words.shift()!;
    const joined = /^-(q?)O(.*)$/.exec(word);
    if (joined) {
      quiet ||= joined[1] === 'q';
      output = joined[2] || words.shift();
    } else if (word === '-T' || word === '-t') {
      const value = Number(words.shift());
      if (word === '-T') limit = value * second;
    } else if (/^--timeout=/.test(word)) limit = Number(word.slice(10)) * second;
    else if (word === '--spider') spider = true;
    else if (/^-[a-z]*q[a-z]*$/.test(word) || word === '--quiet') quiet = true;
    else if (!word.startsWith('-')) url = word;
  }
  const target = url === undefined ? undefined : parseUrl(url);
  if (!target) {
    process.stderr('BusyBox multi-call binary.\n\nUsage: wget [-c] [-S] [-q] [-O FILE] URL...\n');
    return 1;
  }
  const page = fetchPage(process, target);
  if (page.kind === 'unknown') {
    process.stderr(`wget: bad address '${target.host}${target.port === 80 ? '' : `:${target.port}`}'\n`);
    return 1;
  }
  const place = `${target.host}${target.port === 80 ? '' : `:${target.port}`} (${page.address}:${target.port})`;
  if (!quiet) process.stderr(`Connecting to ${place}\n`);
  if (page.kind === 'refused') {
    process.stderr(`wget: can't connect to remote host (${page.address}): Connection refused\n`);
    return 1;
  }
  if (page.kind !== 'answer') {
    yield sleep(process.sim, limit);
    process.stderr('wget: download timed out\n');
    return 1;
  }
  yield sleep(process.sim, millisecond);
  if (page.status >= 400) {
    process.stderr(`wget: server returned error: HTTP/1.1 ${page.status} ${statusTexts[page.status] ?? ''}\n`);
    return 1;
  }
  if (spider) {
    if (!quiet) process.stderr('remote file exists\n');
    return 0;
  }
  if (output === '-') {
    if (!quiet)
      process.stderr(
        'writing to stdout\n-                    100% |********************************|  written to stdout\n',
      );
    process.stdout(page.body);
    return 0;
  }
  const file = output ?? (target.path.split('/').at(-1) || 'index.html');
  try {
    process.fs.write(normalizePath(file, process.cwd), page.body);
  } catch (error) {
    process.stderr(`wget: can't open '${file}': ${messageOf(error)}\n`);
    return 1;
  }
  if (!quiet) process.stderr(`saving to '${file}'\n'${file}' saved\n`);
  return 0;
};

function prefixNetwork(address: string): { network: string; broadcast: string } {
  const [ip = '', bits = '32'] = address.split('/');
  const value = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(value / size) * size;
  const dotted = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
  return { network: `${dotted(first)}/${bits}`, broadcast: dotted(first + size - 1) };
}

/** `ip addr` and `ip route`, with `-4`, `-o` and `show dev X`. */
const ip: Program = (process) => {
  const words = process.argv.slice(1);
  const oneLine = words.includes('-o');
  const [object = '', ...rest] = words.filter((word) => !word.startsWith('-'));
  const device = rest.at(-1) !== undefined && rest.at(-1) !== 'show' ? rest.at(-1) : undefined;
  const gatewayEndpoint = process.sandbox?.gatewayEndpoint;
  const all = [...(process.sandbox?.endpoints ?? []), ...(gatewayEndpoint ? [gatewayEndpoint] : [])];
  const endpoints = all.filter(({ address }) => address !== '');
  if (/^r/.test(object)) {
    const gateway = process.sandbox?.defaultRoute;
    const lines = gateway ? [`default via ${gateway.gateway} dev ${gateway.interfaceName} `] : [];
    const own = endpoints.map(({ address, interfaceName }) => ({
      ...prefixNetwork(address),
      interfaceName,
      source: address.split('/')[0],
    }));
    own.sort((a, b) => (a.network < b.network ? -1 : 1));
    for (const one of own) lines.push(`${one.network} dev ${one.interfaceName} scope link  src ${one.source} `);
    process.stdout(lines.map((line) => `${line}\n`).join(''));
    return 0;
  }
  if (!/^a/.test(object) && !/^l/.test(object)) {
    process.stderr(`ip: unknown object '${object}'\n`);
    return 1;
  }
  const numbered = [...endpoints].sort((a, b) => a.interfaceIndex - b.interfaceIndex);
  if (device !== undefined && device !== 'lo' && !endpoints.some((endpoint) => endpoint.interfaceName === device)) {
    process.stderr(`ip: can't find device '${device}'\n`);
    return 1;
  }
  let text = '';
  if (device === undefined || device === 'lo') {
    text += oneLine
      ? '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n'
      : '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n';
  }
  for (const { interfaceName, address, macAddress, interfaceIndex: number } of numbered) {
    if (device !== undefined && device !== interfaceName) continue;
    const { broadcast } = prefixNetwork(address);
    const line = `inet ${address} brd ${broadcast} scope global ${interfaceName}`;
    text += oneLine
      ? `${number}: ${interfaceName}    ${line}\\       valid_lft forever preferred_lft forever\n`
      : `${number}: ${interfaceName}@if${number + 1}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP \n    link/ether ${macAddress} brd ff:ff:ff:ff:ff:ff\n    ${line}\n       valid_lft forever preferred_lft forever\n`;
  }
  process.stdout(text);
  return 0;
};

/** Programs that an Alpine or Debian package brings. */
const packages: Readonly<Record<string, readonly string[]>> = {
  drill: ['drill'],
  ldns: ['drill'],
  ldnsutils: ['drill'],
  'bind-tools': ['dig', 'host', 'nslookup'],
  dnsutils: ['dig', 'nslookup'],
  'bind9-dnsutils': ['dig', 'nslookup'],
  curl: ['curl'],
  wget: ['wget'],
  bash: ['bash'],
  iproute2: ['ip', 'ss'],
  'iputils-ping': ['ping'],
  iputils: ['ping'],
  'postgresql-client': ['psql', 'pg_isready'],
  redis: ['redis-server', 'redis-cli'],
};

/** `apk add [--update] NAME...`: before it, the program is not found (TALK-15). */
const apk: Program = function* (process) {
  const [action, ...words] = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  if (action === 'update') {
    yield sleep(process.sim, second);
    process.stdout('OK: 25400 distinct packages available\n');
    return 0;
  }
  if (action !== 'add') {
    process.stderr(`ERROR: '${action ?? ''}' is not simulated; apk add and apk update are\n`);
    return 1;
  }
  process.stdout('fetch APKINDEX.tar.gz\n');
  yield sleep(process.sim, 1_500 * millisecond);
  const unknown = words.filter((name) => packages[name] === undefined);
  if (unknown.length > 0) {
    process.stderr(
      `ERROR: unable to select packages:\n${unknown.map((name) => `  ${name} (no such package):\n    required by: world[${name}]\n`).join('')}`,
    );
    return unknown.length;
  }
  let done = 0;
  for (const name of words) {
    done++;
    yield sleep(process.sim, 200 * millisecond);
    process.stdout(`(${done}/${words.length}) Installing ${name}\n`);
    process.addTools(packages[name]!);
  }
  process.stdout(`Executing busybox trigger\nOK: ${8 + done} MiB in ${15 + done} packages\n`);
  return 0;
};

/** `apt-get update` and `apt-get install -y NAME...`. */
const apt: Program = function* (process) {
  const [action, ...words] = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  yield sleep(process.sim, 3 * second);
  if (action === 'update') {
    process.stdout('Reading package lists...\n');
    return 0;
  }
  if (action !== 'install') {
    process.stderr(`E: Invalid operation ${action ?? ''}\n`);
    return 100;
  }
  const unknown = words.find((name) => packages[name] === undefined);
  if (unknown !== undefined) {
    process.stderr(`E: Unable to locate package ${unknown}\n`);
    return 100;
  }
  for (const name of words) {
    process.stdout(`Setting up ${name} ...\n`);
    process.addTools(packages[name]!);
  }
  return 0;
};

/** Whether the container's own server answers on a port. */
function listening(process: Process, port: number): boolean {
  return process.http('127.0.0.1', port, '/').kind === 'answer';
}

const pgIsReady: Program = (process) => {
  const ready = listening(process, 5432);
  process.stdout(`/var/run/postgresql:5432 - ${ready ? 'accepting connections' : 'no response'}\n`);
  return ready ? 0 : 2;
};

const redisCli: Program = (process) => {
  if (!listening(process, 6379)) {
    process.stderr('Could not connect to Redis at 127.0.0.1:6379: Connection refused\n');
    return 1;
  }
  if (process.argv.at(-1)?.toLowerCase() === 'ping') process.stdout('PONG\n');
  return 0;
};

export const networkPrograms: Readonly<Record<string, Program>> = {
  ping,
  curl,
  wget,
  ip,
  apk,
  'apt-get': apt,
  apt,
  pg_isready: pgIsReady,
  'redis-cli': redisCli,
};
