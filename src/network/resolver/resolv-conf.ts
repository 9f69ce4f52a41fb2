import type { Profile } from '../../api';

/** /etc/resolv.conf of a node. */
export interface HostResolvConf {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

export interface ExternalServer {
  readonly address: string;
  /** Asked from the host's namespace (DISC-4, DISC-30). */
  readonly hostLoopback: boolean;
}

/** A container's resolver configuration: the file's text, and what the embedded resolver takes from it. */
export interface ResolvConf {
  readonly text: string;
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
  readonly servers: readonly ExternalServer[];
  /** An ndots option came from the host or the user (DISC-5). */
  readonly ndotsSet: boolean;
}

export interface ResolvConfRequest {
  readonly profile: Profile;
  readonly host: HostResolvConf;
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  /** Whether the sandbox has an IPv6 address. */
  readonly ipv6: boolean;
}

/** Where the embedded resolver listens (DISC-1). */
export const embeddedServer = '127.0.0.11';
const defaultServers = ['8.8.8.8', '8.8.4.4'];
const defaultServers6 = ['2001:4860:4860::8888', '2001:4860:4860::8844'];

/** The file for a container with the embedded resolver (DISC-2, DISC-3, DISC-4). */
export function internalResolvConf(request: ResolvConfRequest): ResolvConf {
  const { profile, host } = request;
  const search = searchOf(request);
  const given = request.dnsOptions.length > 0 ? request.dnsOptions : host.options;
  const valid = given.filter((option) => !option.startsWith('ndots:') || isNdots(option));
  const ndotsSet = valid.some(isNdots);
  const options = ndotsSet ? valid : [...valid, 'ndots:0'];
  const servers = externalServers(request);
  // 20.10 leaves the host's IPv6 servers in the file; they cannot be asked through the embedded resolver (DISC-3).
  const kept = !profile.resolvConfComments && request.dns.length === 0 ? host.nameservers.filter(isIPv6) : [];
  const nameservers = [embeddedServer, ...kept];
  if (!profile.resolvConfComments) {
    return { text: oldLayout(nameservers, search, options), nameservers, search, options, servers, ndotsSet };
  }
  const usedDefaults = request.dns.length === 0 && host.nameservers.length === 0;
  const comments = ["# Based on host file: '/etc/resolv.conf' (internal resolver)"];
  if (usedDefaults) comments.push('# Used default nameservers.');
  const shown = servers.map((server) => (server.hostLoopback ? `host(${server.address})` : server.address));
  if (shown.length > 0) comments.push(`# ExtServers: [${shown.join(' ')}]`);
  comments.push(`# Overrides: [${overrides(request).join(' ')}]`);
  comments.push(`# Option ndots from: ${ndotsOrigin(request, ndotsSet)}`);
  const text = newLayout(nameservers, search, options, comments);
  return { text, nameservers, search, options, servers, ndotsSet };
}

/** The file for a container without the embedded resolver: the node's own, with overrides. */
export function hostResolvConf(request: ResolvConfRequest): ResolvConf {
  const { profile, host } = request;
  const servers = externalServers(request);
  const nameservers = servers.map((server) => server.address);
  const search = searchOf(request);
  const options = request.dnsOptions.length > 0 ? request.dnsOptions : host.options;
  const ndotsSet = options.some(isNdots);
  if (!profile.resolvConfComments) {
    return { text: oldLayout(nameservers, search, options), nameservers, search, options, servers, ndotsSet };
  }
  const comments = ["# Based on host file: '/etc/resolv.conf' (legacy)"];
  if (request.dns.length === 0 && host.nameservers.length === 0) comments.push('# Used default nameservers.');
  comments.push(`# Overrides: [${overrides(request).join(' ')}]`);
  const text = newLayout(nameservers, search, options, comments);
  return { text, nameservers, search, options, servers, ndotsSet };
}

function externalServers({ dns, host, ipv6 }: ResolvConfRequest): ExternalServer[] {
  if (dns.length > 0) return dns.map((address) => ({ address, hostLoopback: false }));
  const addresses =
    host.nameservers.length > 0 ? host.nameservers : [...defaultServers, ...(ipv6 ? defaultServers6 : [])];
  return addresses.map((address) => ({
    address,
    hostLoopback:
      address.startsWith('127.') || address === '::1' || address.includes('%') || (isIPv6(address) && !ipv6),
  }));
}

function searchOf({ dnsSearch, host }: ResolvConfRequest): readonly string[] {
  if (dnsSearch.length === 0) return host.search;
  return dnsSearch.filter((domain) => domain !== '.');
}

function overrides({ dns, dnsSearch, dnsOptions }: ResolvConfRequest): string[] {
  const names: string[] = [];
  if (dns.length > 0) names.push('nameservers');
  if (dnsSearch.length > 0) names.push('search');
  if (dnsOptions.length > 0) names.push('options');
  return names;
}

function ndotsOrigin({ dnsOptions }: ResolvConfRequest, ndotsSet: boolean): string {
  if (!ndotsSet) return 'internal';
  return dnsOptions.length > 0 ? 'override' : 'host';
}

function isNdots(option: string): boolean {
  return /^ndots:\d+$/.test(option);
}

function isIPv6(address: string): boolean {
  return address.includes(':');
}

/** As 20.10 builds it: search first. */
function oldLayout(nameservers: readonly string[], search: readonly string[], options: readonly string[]): string {
  const lines = search.length > 0 ? [`search ${search.join(' ')}`] : [];
  lines.push(...nameservers.map((address) => `nameserver ${address}`));
  if (options.length > 0) lines.push(`options ${options.join(' ')}`);
  return `${lines.join('\n')}\n`;
}

function newLayout(
  nameservers: readonly string[],
  search: readonly string[],
  options: readonly string[],
  comments: readonly string[],
): string {
  const lines = nameservers.map((address) => `nameserver ${address}`);
  if (search.length > 0) lines.push(`search ${search.join(' ')}`);
  if (options.length > 0) lines.push(`options ${options.join(' ')}`);
  return `${[...lines, '', ...comments].join('\n')}\n`;
}
