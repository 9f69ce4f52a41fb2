import { millisecond } from '../../sim';
import type { Process, Program } from './process';
import { sleep } from './process';

interface Package {
  readonly version: string;
  /** Programs that it brings. */
  readonly tools: readonly string[];
  /** What is installed with it, in order. */
  readonly needs?: readonly string[];
}

/** Packages of Alpine. */
const alpine: Readonly<Record<string, Package>> = {
  ldns: { version: '1.8.4-r0', tools: [] },
  drill: { version: '1.8.4-r0', tools: ['drill'], needs: ['ldns'] },
  'ldns-tools': { version: '1.8.4-r0', tools: ['drill'], needs: ['ldns'] },
  fstrm: { version: '0.6.1-r4', tools: [] },
  'krb5-libs': { version: '1.21.3-r0', tools: [] },
  'protobuf-c': { version: '1.5.0-r4', tools: [] },
  libuv: { version: '1.49.2-r0', tools: [] },
  libxml2: { version: '2.13.4-r5', tools: [] },
  'bind-libs': { version: '9.18.34-r0', tools: [] },
  'bind-tools': {
    version: '9.18.34-r0',
    tools: ['dig', 'host', 'nslookup'],
    needs: ['fstrm', 'krb5-libs', 'protobuf-c', 'libuv', 'libxml2', 'bind-libs'],
  },
  'ca-certificates': { version: '20241121-r1', tools: [] },
  'brotli-libs': { version: '1.1.0-r2', tools: [] },
  'c-ares': { version: '1.34.5-r0', tools: [] },
  libunistring: { version: '1.2-r0', tools: [] },
  libidn2: { version: '2.3.7-r0', tools: [] },
  'nghttp2-libs': { version: '1.64.0-r0', tools: [] },
  libpsl: { version: '0.21.5-r3', tools: [] },
  'zstd-libs': { version: '1.5.6-r2', tools: [] },
  libcurl: { version: '8.12.1-r1', tools: [] },
  curl: {
    version: '8.12.1-r1',
    tools: ['curl'],
    needs: [
      'ca-certificates',
      'brotli-libs',
      'c-ares',
      'libunistring',
      'libidn2',
      'nghttp2-libs',
      'libpsl',
      'zstd-libs',
      'libcurl',
    ],
  },
  wget: { version: '1.25.0-r0', tools: ['wget'], needs: ['libunistring', 'libidn2', 'pcre2'] },
  pcre2: { version: '10.43-r0', tools: [] },
  'ncurses-terminfo-base': { version: '6.5_p20241006-r3', tools: [] },
  libncursesw: { version: '6.5_p20241006-r3', tools: [] },
  readline: { version: '8.2.13-r0', tools: [] },
  bash: { version: '5.2.37-r0', tools: ['bash'], needs: ['ncurses-terminfo-base', 'libncursesw', 'readline'] },
  libmnl: { version: '1.0.5-r2', tools: [] },
  iproute2: { version: '6.11.0-r0', tools: ['ip'], needs: ['libmnl'] },
  iputils: { version: '20240905-r0', tools: ['ping'] },
  oniguruma: { version: '6.9.9-r0', tools: [] },
  jq: { version: '1.7.1-r0', tools: ['jq'], needs: ['oniguruma'] },
  'netcat-openbsd': { version: '1.226-r2', tools: ['nc'] },
  'busybox-extras': { version: '1.37.0-r12', tools: ['telnet', 'httpd'] },
  'postgresql-client': { version: '17.4-r0', tools: ['psql', 'pg_isready'] },
  redis: { version: '7.2.7-r0', tools: ['redis-server', 'redis-cli'] },
};

/** Packages of Debian. */
const debian: Readonly<Record<string, Package>> = {
  'bind9-libs': { version: '1:9.18.33-1~deb12u2', tools: [] },
  'bind9-host': { version: '1:9.18.33-1~deb12u2', tools: ['host'], needs: ['bind9-libs'] },
  'bind9-dnsutils': {
    version: '1:9.18.33-1~deb12u2',
    tools: ['dig', 'nslookup', 'host'],
    needs: ['bind9-libs', 'bind9-host'],
  },
  dnsutils: {
    version: '1:9.18.33-1~deb12u2',
    tools: ['dig', 'nslookup', 'host'],
    needs: ['bind9-libs', 'bind9-host', 'bind9-dnsutils'],
  },
  libldns3: { version: '1.8.3-1+b1', tools: [] },
  ldnsutils: { version: '1.8.3-1+b1', tools: ['drill'], needs: ['libldns3'] },
  libcurl4: { version: '7.88.1-10+deb12u12', tools: [] },
  curl: { version: '7.88.1-10+deb12u12', tools: ['curl'], needs: ['libcurl4'] },
  wget: { version: '1.21.3-1+deb12u1', tools: ['wget'] },
  iproute2: { version: '6.1.0-3', tools: ['ip'] },
  'iputils-ping': { version: '3:20221126-1+deb12u1', tools: ['ping'] },
  'net-tools': { version: '2.10-0.1+deb12u2', tools: ['ifconfig', 'route', 'netstat', 'arp'] },
  procps: { version: '2:4.0.2-3', tools: ['ps', 'top', 'free', 'uptime', 'pgrep', 'pkill', 'watch'] },
  'netcat-openbsd': { version: '1.219-1', tools: ['nc'] },
  telnet: { version: '0.17+2.4-2+deb12u1', tools: ['telnet'] },
  traceroute: { version: '1:2.1.2-1', tools: ['traceroute'] },
  jq: { version: '1.6-2.1', tools: ['jq'] },
  'postgresql-client': { version: '15+248', tools: ['psql', 'pg_isready'] },
  'redis-tools': { version: '5:7.0.15-1~deb12u3', tools: ['redis-cli'] },
  bash: { version: '5.2.15-2+b7', tools: ['bash'] },
};

const world = '/etc/apk/world';
/** Packages of the image itself. */
const original = 15;

function worldOf({ fs }: Process): string[] {
  return (fs.read(world) ?? '').split('\n').filter((line) => line !== '');
}

/** What is installed beside what the image has. */
function installed(names: readonly string[]): Set<string> {
  return new Set(names.flatMap((name) => [...(alpine[name]?.needs ?? []), name]));
}

function* fetchIndexes(process: Process): Generator<ReturnType<typeof sleep>, void, void> {
  for (const part of ['main', 'community']) {
    process.stdout(`fetch alpine/v3.21/${part}/x86_64/APKINDEX.tar.gz\n`);
    yield sleep(process.sim, 600 * millisecond);
  }
}

function summary(process: Process): string {
  const count = installed(worldOf(process)).size;
  return `OK: ${8 + Math.ceil(count / 2)} MiB in ${original + count} packages\n`;
}

/** `apk update`, `apk add NAME...`, `apk info`: before `add`, the program is not found (TALK-15). */
export const apk: Program = function* (process) {
  const words = process.argv.slice(1);
  const update = words.some((word) => ['--update', '-U', '--update-cache', '--no-cache'].includes(word));
  const [action, ...names] = words.filter((word) => !word.startsWith('-'));
  if (words.includes('--version') || words.includes('-V')) {
    process.stdout('apk-tools 2.14.6, compiled for x86_64.\n');
    return 0;
  }
  if (action === 'update') {
    yield* fetchIndexes(process);
    process.stdout(
      'v3.21.3-391-g9e1c1f3d9d0 [main]\nv3.21.3-392-g0b4a4a4e0a7 [community]\nOK: 25397 distinct packages available\n',
    );
    return 0;
  }
  if (action === 'info' || action === 'list') {
    const all = [...installed(worldOf(process))].filter((name) => names.length === 0 || names.includes(name));
    process.stdout(all.map((name) => `${name}\n`).join(''));
    return all.length > 0 || names.length === 0 ? 0 : 1;
  }
  if (action !== 'add') {
    process.stderr(`ERROR: '${action ?? ''}' cannot be done here; apk add, update and info can\n`);
    return 1;
  }
  if (update || worldOf(process).length === 0) yield* fetchIndexes(process);
  const unknown = names.filter((name) => alpine[name] === undefined);
  if (unknown.length > 0) {
    const lines = unknown.map((name) => `  ${name} (no such package):\n    required by: world[${name}]\n`);
    process.stderr(`ERROR: unable to select packages:\n${lines.join('')}`);
    return unknown.length;
  }
  const before = installed(worldOf(process));
  const wanted = [...installed(names)].filter((name) => !before.has(name));
  for (const [index, name] of wanted.entries()) {
    yield sleep(process.sim, 150 * millisecond);
    process.stdout(`(${index + 1}/${wanted.length}) Installing ${name} (${alpine[name]!.version})\n`);
    process.addTools(alpine[name]!.tools);
  }
  process.fs.write(world, `${[...new Set([...worldOf(process), ...names])].sort().join('\n')}\n`);
  if (wanted.length > 0) process.stdout('Executing busybox-1.37.0-r12.trigger\n');
  process.stdout(summary(process));
  return 0;
};

const lists = '/var/lib/apt/lists/bookworm_InRelease';
const status = '/var/lib/dpkg/installed';

/** `apt-get update` and `apt-get install -y NAME...`: without the first the second finds nothing. */
export const apt: Program = function* (process) {
  const words = process.argv.slice(1);
  const quiet = words.some((word) => /^-q+/.test(word));
  const [action, ...names] = words.filter((word) => !word.startsWith('-'));
  if (action === 'update') {
    for (const [index, [name, size]] of (
      [
        ['bookworm InRelease', '151 kB'],
        ['bookworm-updates InRelease', '55.4 kB'],
        ['bookworm-security InRelease', '48.0 kB'],
        ['bookworm/main amd64 Packages', '8793 kB'],
      ] as const
    ).entries()) {
      yield sleep(process.sim, 500 * millisecond);
      process.stdout(`Get:${index + 1} ${name} [${size}]\n`);
    }
    process.fs.write(lists, 'bookworm\n');
    process.stdout(`Fetched 9047 kB in 2s (4524 kB/s)\nReading package lists...${quiet ? '' : ' Done'}\n`);
    return 0;
  }
  if (action === 'clean' || action === 'autoremove' || action === 'upgrade') {
    if (action !== 'clean')
      process.stdout(
        'Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n',
      );
    return 0;
  }
  if (action !== 'install') {
    process.stderr(`E: Invalid operation ${action ?? ''}\n`);
    return 100;
  }
  const done = quiet ? '' : ' Done';
  process.stdout(
    `Reading package lists...${done}\nBuilding dependency tree...${done}\nReading state information...${done}\n`,
  );
  const unknown = names.filter((name) => debian[name] === undefined || !process.fs.exists(lists));
  if (unknown.length > 0) {
    process.stderr(unknown.map((name) => `E: Unable to locate package ${name}\n`).join(''));
    return 100;
  }
  const before = new Set((process.fs.read(status) ?? '').split('\n'));
  const all = [...new Set(names.flatMap((name) => [...(debian[name]!.needs ?? []), name]))];
  const fresh = all.filter((name) => !before.has(name));
  for (const name of names.filter((one) => before.has(one)))
    process.stdout(`${name} is already the newest version (${debian[name]!.version}).\n`);
  if (fresh.length > 0) process.stdout(`The following NEW packages will be installed:\n  ${fresh.sort().join(' ')}\n`);
  process.stdout(`0 upgraded, ${fresh.length} newly installed, 0 to remove and 0 not upgraded.\n`);
  if (fresh.length === 0) return 0;
  process.stdout(
    `Need to get ${fresh.length * 210} kB of archives.\nAfter this operation, ${fresh.length * 640} kB of additional disk space will be used.\n`,
  );
  if (!words.some((word) => /^-[a-z]*y|^--yes$|^--assume-yes$/.test(word))) {
    process.stdout('Do you want to continue? [Y/n] Abort.\n');
    return 1;
  }
  for (const [index, name] of fresh.entries()) {
    yield sleep(process.sim, 200 * millisecond);
    process.stdout(`Get:${index + 1} bookworm/main amd64 ${name} amd64 ${debian[name]!.version} [210 kB]\n`);
  }
  process.stdout(`Fetched ${fresh.length * 210} kB in 1s (${fresh.length * 210} kB/s)\n`);
  for (const name of fresh) {
    process.stdout(
      `Selecting previously unselected package ${name}.\nUnpacking ${name} (${debian[name]!.version}) ...\n`,
    );
  }
  for (const name of fresh) {
    yield sleep(process.sim, 200 * millisecond);
    process.stdout(`Setting up ${name} (${debian[name]!.version}) ...\n`);
    process.addTools(debian[name]!.tools);
  }
  process.fs.write(status, [...before, ...fresh].filter((name) => name !== '').join('\n'));
  process.stdout('Processing triggers for libc-bin (2.36-9+deb12u10) ...\n');
  return 0;
};

/** `dpkg -l`, `dpkg -s NAME`: what apt installed. */
export const dpkg: Program = (process) => {
  const [action, ...names] = process.argv.slice(1);
  if (action === '--version') {
    process.stdout("Debian 'dpkg' package management program version 1.21.22 (amd64).\n");
    return 0;
  }
  if (!['-l', '--list', '-s', '--status'].includes(action ?? '')) {
    process.stderr(
      'dpkg: error: need an action option\n\nType dpkg --help for help about installing and deinstalling packages [*];\n',
    );
    return 2;
  }
  const all = (process.fs.read(status) ?? '').split('\n').filter((name) => name !== '');
  const shown = names.length === 0 ? all : all.filter((name) => names.includes(name));
  if (shown.length === 0 && names.length > 0) {
    process.stderr(`dpkg-query: no packages found matching ${names[0]}\n`);
    return 1;
  }
  for (const name of shown)
    process.stdout(
      action === '-s' || action === '--status'
        ? `Package: ${name}\nStatus: install ok installed\nVersion: ${debian[name]?.version ?? ''}\n`
        : `ii  ${name.padEnd(18)} ${debian[name]?.version ?? ''}\n`,
    );
  return 0;
};
