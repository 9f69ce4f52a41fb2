import type { PortConfig } from '../../api';
import { t } from './l10n';
import type { Parsed } from './units';
import { parseBytes, parseCpus, parseDuration, splitList, splitWords } from './units';

/**
 * What can be known to be refused before the engine is asked, in the engine's words (API-25, API-26, ALLOC-18, SCHED-31).
 * Each check gives the message, or nothing. The engine has the last word: what it refuses beyond this is shown as it says it.
 */
export type Check = (text: string) => string | undefined;

const SERVICE_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9-_]*[A-Za-z0-9])?$/;

/** API-26; an empty name lets the engine make one up. */
export function checkServiceName(taken: readonly string[]): Check {
  const lower = new Map(taken.map((name) => [name.toLowerCase(), name]));
  return (text) => {
    if (text === '') return undefined;
    if (!SERVICE_NAME.test(text)) return 'name must be valid as a DNS name component';
    if (text.length > 63) return 'name must be 63 characters or fewer';
    if (lower.has(text.toLowerCase())) return `name conflicts with an existing object: service ${text} already exists`;
    return undefined;
  };
}

/** Overlay names obey the DNS rule too; other drivers take more. */
export function checkNetworkName(taken: readonly string[]): Check {
  const names = new Set(taken);
  return (text) => {
    if (text === '') return t('A network needs a name.');
    if (!SERVICE_NAME.test(text)) return 'name must be valid as a DNS name component';
    if (text.length > 63) return 'name must be 63 characters or fewer';
    if (names.has(text)) return `network with name ${text} already exists`;
    return undefined;
  };
}

const DOMAIN =
  '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::\\d+)?';
const PATH = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const IMAGE = new RegExp(
  `^(?:${DOMAIN}/)?${PATH}(?:/${PATH})*(?::\\w[\\w.-]{0,127})?(?:@[A-Za-z][\\w+.-]*:[0-9a-fA-F]{32,})?$`,
);

/** API-25. */
export const checkImage: Check = (text) => {
  if (text === '') return 'ContainerSpec: image reference must be provided';
  return IMAGE.test(text) ? undefined : `ContainerSpec: "${text}" is not a valid repository/tag`;
};

/** A whole number that is not negative; `least` and `most` narrow it. */
export function checkCount(least = 0, most = Number.MAX_SAFE_INTEGER): Check {
  return (text) => {
    if (/^-\d+$/.test(text)) return 'Number of replicas must be non-negative';
    if (!/^\d+$/.test(text)) return t('Enter a whole number.');
    const count = Number(text);
    return count < least || count > most ? t('Enter a number from {0} to {1}.', least, most) : undefined;
  };
}

function ipv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (!parts || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

interface Subnet {
  readonly from: number;
  readonly to: number;
}

function subnet(text: string): Subnet | undefined {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(text);
  const address = match && ipv4(match[1] as string);
  const bits = match && Number(match[2]);
  if (!match || address === undefined || address === null || bits === null || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const from = Math.floor(address / size) * size;
  return { from, to: from + size - 1 };
}

/** TALK-9: a subnet without a prefix length is refused in the engine's words. Empty lets the engine choose. */
export const checkSubnet: Check = (text) => {
  if (text === '' || subnet(text) || text.includes(':')) return undefined;
  return `Invalid subnet ${text} : invalid CIDR address: ${text}`;
};

/** Whether two IPv4 subnets have an address in common. Such an overlay is accepted by the engine, but never works. */
export function overlaps(a: string, b: string): boolean {
  const one = subnet(a);
  const other = subnet(b);
  return !!one && !!other && one.from <= other.to && other.from <= one.to;
}

/** A gateway must lie in the subnet; empty lets the engine take the first address. */
export function checkGateway(subnetText: string): Check {
  return (text) => {
    if (text === '' || text.includes(':')) return undefined;
    const address = ipv4(text);
    const range = subnet(subnetText);
    if (address === undefined) return `invalid argument "${text}" for "--gateway" flag: not an IP address`;
    if (!range || address < range.from || address > range.to) return `no matching subnet for gateway ${text}`;
    return undefined;
  };
}

/** One `key==value` or `key!=value` (SCHED-30, SCHED-31), several separated by commas. */
export const checkConstraints: Check = (text) => {
  for (const constraint of splitList(text)) {
    const operator = constraint.includes('==') ? '==' : constraint.includes('!=') ? '!=' : undefined;
    if (!operator) return 'constraint expected one operator from ==, !=';
    const at = constraint.indexOf(operator);
    const key = constraint.slice(0, at).trim();
    const value = constraint.slice(at + 2).trim();
    if (!/^[a-z_][a-z0-9-_.]+$/i.test(key)) return `key '${key}' is invalid`;
    if (!/^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i.test(value)) return `value '${value}' is invalid`;
  }
  return undefined;
};

/** Variables `NAME=value`, separated by blanks, quoted as in a shell. */
export const checkEnv: Check = (text) => {
  const words = splitWords(text);
  if ('error' in words) return words.error;
  const bad = words.value.find((word) => word.startsWith('='));
  return bad === undefined ? undefined : `invalid environment variable: ${bad}`;
};

export const checkLabels: Check = (text) => {
  const words = splitWords(text);
  if ('error' in words) return words.error;
  const bad = words.value.find((word) => word.startsWith('='));
  return bad === undefined ? undefined : `invalid label '${bad}': empty name`;
};

export const checkWords: Check = (text) => errorOf(splitWords(text));

export function checkDuration(what: string): Check {
  return (text) => {
    if (text === '') return undefined;
    const read = parseDuration(text);
    if ('error' in read) return read.error;
    return read.value < 0 ? `TaskSpec: ${what} cannot be negative` : undefined;
  };
}

/** SCHED-60. */
export const checkMemory: Check = (text) => {
  if (text === '') return undefined;
  const read = parseBytes(text);
  if ('error' in read) return read.error;
  return read.value !== 0 && read.value < 4 * 2 ** 20
    ? `invalid memory value ${read.value}: Must be at least 4MiB`
    : undefined;
};

/** SCHED-60. */
export const checkCpus: Check = (text) => {
  if (text === '') return undefined;
  const read = parseCpus(text);
  if ('error' in read) return read.error;
  return read.value !== 0 && read.value < 1e6
    ? `invalid cpu value ${read.value / 1e9}: Must be at least 0.001`
    : undefined;
};

/** ALLOC-32. */
export function checkEndpoint(mode: string, ports: readonly PortConfig[]): string | undefined {
  return mode === 'dnsrr' && ports.some((port) => port.PublishMode !== 'host')
    ? "EndpointSpec: port published with ingress mode can't be used with dnsrr mode"
    : undefined;
}

export function errorOf(parsed: Parsed<unknown>): string | undefined {
  return 'error' in parsed ? parsed.error : undefined;
}
