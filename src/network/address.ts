/** Small helpers on textual addresses. IPv6 addresses are recognised by their colons. */

/** The address of a CIDR, without its prefix length; other texts unchanged. */
export function hostOf(cidr: string): string {
  const slash = cidr.indexOf('/');
  return slash < 0 ? cidr : cidr.slice(0, slash);
}

/** The prefix length of a CIDR; 0 when there is none. */
export function prefixOf(cidr: string): number {
  const slash = cidr.indexOf('/');
  return slash < 0 ? 0 : Number(cidr.slice(slash + 1));
}

/** The family of an address as the DNS type that asks for it. */
export function familyOf(address: string): 'A' | 'AAAA' {
  return address.includes(':') ? 'AAAA' : 'A';
}

/** The MAC that libnetwork derives from an IPv4 address: `02:42` and the four bytes. `fallback` is hexadecimal. */
export function macOf(address: string, fallback: string): string {
  const bytes =
    familyOf(address) === 'A' ? address.split('.').map(Number) : [0, 2, 4, 6].map((at) => hex(fallback, at));
  return ['02', '42', ...bytes.slice(0, 4).map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

function hex(text: string, at: number): number {
  return Number.parseInt(text.slice(at, at + 2), 16);
}

const suffix4 = '.in-addr.arpa.';
const suffix6 = '.ip6.arpa.';

/** Whether a question name ends exactly like a reverse name (DISC-15): lower case only. */
export function isReverseName(name: string): boolean {
  return name.endsWith(suffix4) || name.endsWith(suffix6);
}

/** The address behind a reverse name with its final dot; undefined when the labels are none. */
export function addressOfReverse(name: string): string | undefined {
  if (name.endsWith(suffix4)) {
    const bytes = name.slice(0, -suffix4.length).split('.').reverse();
    return bytes.length === 4 ? bytes.join('.') : undefined;
  }
  if (name.endsWith(suffix6)) {
    const nibbles = name.slice(0, -suffix6.length).split('.').reverse();
    if (nibbles.length !== 32 || nibbles.some((nibble) => !/^[0-9a-f]$/.test(nibble))) return undefined;
    return shortest(nibbles.join(''));
  }
  return undefined;
}

/** 32 hexadecimal digits as an IPv6 address, its longest run of zeros shortened. */
function shortest(digits: string): string {
  const groups = (digits.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, ''));
  const text = groups.join(':');
  let longest = '';
  for (const match of text.matchAll(/\b0(?::0)+\b/g)) if (match[0].length > longest.length) longest = match[0];
  return longest === '' ? text : text.replace(longest, ':').replace(/:{3,}/, '::').replace(/^:$/, '::');
}

/** Whether an IPv4 address lies in an IPv4 subnet. */
export function contains(subnet: string, address: string): boolean {
  if (familyOf(address) !== 'A' || familyOf(subnet) !== 'A') return false;
  const shift = 32 - prefixOf(subnet);
  if (shift >= 32) return true;
  return numberOf(hostOf(subnet)) >>> shift === numberOf(address) >>> shift;
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, byte) => ((value << 8) | Number(byte)) >>> 0, 0);
}
