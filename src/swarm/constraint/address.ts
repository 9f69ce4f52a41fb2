import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** An IPv4 (four decimal parts) or IPv6 address; IPv4 inside IPv6 is IPv4. */
function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** An address with the number of leading bits that count. */
function parseSubnet(text: string): { readonly base: Address; readonly bits: number } | undefined {
  const match = /^(.+)\/(\d{1,3})$/.exec(text);
  const base = match && parseAddress(match[1]!);
  if (!base) return undefined;
  let bits = Number(match[2]);
  if (match[1]!.includes(':')) {
    if (bits > 128) return undefined;
    if (base.kind() === 'ipv4') bits = Math.max(0, bits - 96);
  } else if (bits > 32) {
    return undefined;
  }
  return { base, bits };
}

function contains(subnet: { readonly base: Address; readonly bits: number }, address: Address): boolean {
  if (address.kind() !== subnet.base.kind()) return false;
  return address.kind() === 'ipv4'
    ? (address as ipaddr.IPv4).match(subnet.base as ipaddr.IPv4, subnet.bits)
    : (address as ipaddr.IPv6).match(subnet.base as ipaddr.IPv6, subnet.bits);
}

/**
 * Whether a node's address is the one, or in the subnet, that `node.ip` names (SCHED-35).
 * Undefined when the value is neither address nor subnet: then no operator matches.
 */
export function matchesAddress(value: string, nodeAddress: string | undefined): boolean | undefined {
  const node = nodeAddress ? parseAddress(nodeAddress) : undefined;
  const address = parseAddress(value);
  if (address) return node !== undefined && node.kind() === address.kind() && node.toString() === address.toString();
  const subnet = parseSubnet(value);
  if (subnet) return node !== undefined && contains(subnet, node);
  return undefined;
}
