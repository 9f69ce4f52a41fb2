import { addressesOf, isAddress, lookup, reverseName } from './dns-client';
import type { Process } from './process';
import type { Run } from './run-command';

/** Lines of /etc/hosts: address and names. */
function hostLines({ fs }: Process): string[][] {
  const lines = (fs.read('/etc/hosts') ?? '').split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  return lines.filter(([address, name]) => address && name);
}

function nameOf(process: Process, address: string): string | undefined {
  const known = hostLines(process).find(([one]) => one === address)?.[1];
  const reply = known === undefined ? lookup(process, reverseName(address), 'PTR')?.reply : undefined;
  return known ?? reply?.answers.find(({ type }) => type === 'PTR')?.data.replace(/\.$/, '');
}

/** The line of an account: by name or number. */
function account({ fs, stdout }: Process, file: string, keys: readonly string[]): number {
  const lines = (fs.read(file) ?? '').split('\n').filter((line) => line !== '');
  const found =
    keys.length === 0
      ? lines
      : keys.flatMap((key) => lines.filter((line) => [line.split(':')[0], line.split(':')[2]].includes(key)));
  stdout(found.map((line) => `${line}\n`).join(''));
  return found.length >= Math.max(1, keys.length) ? 0 : 2;
}

/** `getent hosts|ahosts|ahostsv4|passwd|group [KEY...]`. */
export function* getent(process: Process): Run {
  const [, database, ...keys] = process.argv;
  if (database === undefined) {
    process.stderr(
      "getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more information.\n",
    );
    return 1;
  }
  if (database === 'passwd' || database === 'group') return account(process, `/etc/${database}`, keys);
  if (database !== 'hosts' && database !== 'ahosts' && database !== 'ahostsv4') {
    process.stderr(`Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`);
    return 1;
  }
  if (keys.length === 0) {
    for (const [address = '', ...names] of hostLines(process))
      process.stdout(`${address.padEnd(15)} ${names.join(' ')}\n`);
    return 0;
  }
  let status = 0;
  for (const key of keys) {
    const addresses = yield* addressesOf(process, key);
    const name = database === 'hosts' && isAddress(key) ? nameOf(process, key) : key;
    if (addresses.length === 0 || name === undefined) {
      status = 2;
      continue;
    }
    if (database === 'hosts') process.stdout(addresses.map((address) => `${address.padEnd(15)} ${name}\n`).join(''));
    else
      for (const [index, address] of addresses.entries()) {
        process.stdout(`${address.padEnd(15)} STREAM ${index === 0 ? name : ''}\n`);
        process.stdout(`${address.padEnd(15)} DGRAM  \n${address.padEnd(15)} RAW    \n`);
      }
  }
  return status;
}
