import type { PortConfig } from '../../api';
import type { Parsed } from './units';
import { splitList } from './units';

type Protocol = NonNullable<PortConfig['Protocol']>;

/** Reads `80:80/tcp`, `8080`, `8000-8002:80-82`, as `--publish` takes them; several are separated by commas or blanks. */
export function parsePorts(text: string): Parsed<PortConfig[]> {
  const ports: PortConfig[] = [];
  for (const part of splitList(text.replaceAll(/\s+/g, ','))) {
    const read = parsePort(part);
    if ('error' in read) return read;
    ports.push(...read.value);
  }
  const taken = new Set<string>();
  for (const { PublishedPort, Protocol } of ports) {
    if (!PublishedPort) continue;
    const key = `${PublishedPort}/${Protocol}`;
    if (taken.has(key)) return { error: 'EndpointSpec: duplicate published ports provided' };
    taken.add(key);
  }
  return { value: ports };
}

function parsePort(text: string): Parsed<PortConfig[]> {
  const match = /^(?:([^:/]*):)?([^:/]+)(?:\/([^@]*))?(@host)?$/.exec(text);
  if (!match) return { error: `invalid publish opts format (should be name=value but got '${text}')` };
  const [, hostPart, containerPart, protocol = 'tcp', host] = match;
  if (!/^(tcp|udp|sctp)$/i.test(protocol)) return { error: `invalid proto: ${protocol}` };
  const container = parseRange(containerPart as string);
  if (!container) return { error: `invalid containerPort: ${containerPart}` };
  const published = hostPart ? parseRange(hostPart) : [];
  if (!published) return { error: `invalid hostPort: ${hostPart}` };
  if (published.length > 0 && published.length !== container.length) {
    return { error: `invalid ranges specified for container and host Ports: ${containerPart} and ${hostPart}` };
  }
  return {
    value: container.map((target, i) => ({
      Protocol: protocol.toLowerCase() as Protocol,
      TargetPort: target,
      ...(published[i] !== undefined && { PublishedPort: published[i] }),
      PublishMode: host ? 'host' : 'ingress',
    })),
  };
}

function parseRange(text: string): number[] | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!match) return undefined;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  if (from < 1 || to > 65535 || from > to) return undefined;
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** The inverse of `parsePorts`; ports published on the host end in `@host`. */
export function formatPorts(ports: readonly PortConfig[]): string {
  return ports
    .map(
      (port) =>
        `${port.PublishedPort ? `${port.PublishedPort}:` : ''}${port.TargetPort}/${port.Protocol ?? 'tcp'}` +
        (port.PublishMode === 'host' ? '@host' : ''),
    )
    .join(', ');
}

/** As in the PORTS column of `docker service ls` (API-113), one port at a time. */
export function portColumn(ports: readonly PortConfig[]): string {
  return ports
    .filter((port) => port.PublishMode !== 'host')
    .map((port) => `*:${port.PublishedPort ?? 0}->${port.TargetPort}/${port.Protocol ?? 'tcp'}`)
    .join(', ');
}
