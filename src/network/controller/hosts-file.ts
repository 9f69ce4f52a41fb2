/** Lines that every /etc/hosts begins with (DISC-6). */
const localLines = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'ff00::0\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
];

/** /etc/hosts of a container: extra hosts first, then its own name at each of its addresses (DISC-6). */
export function hostsFile(
  extra: readonly { readonly ip: string; readonly names: readonly string[] }[],
  addresses: readonly string[],
  hostname: string,
  domainname: string,
): string {
  const names = ownNames(hostname, domainname);
  const lines = [
    ...localLines,
    ...extra.map(({ ip, names: given }) => `${ip}\t${given.join(' ')}`),
    ...addresses.map((address) => `${address}\t${names}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A dotted name is followed by its first label. */
function ownNames(hostname: string, domainname: string): string {
  const full = domainname === '' ? hostname : `${hostname}.${domainname}`;
  const dot = full.indexOf('.');
  return dot < 0 ? full : `${full} ${full.slice(0, dot)}`;
}
