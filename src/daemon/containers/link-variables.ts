import type { Container } from './container';

/** Names of variables that a linked container keeps to itself. */
const own = new Set(['HOME', 'PATH']);

const variables = new WeakMap<Container, readonly (readonly [string, string])[]>();

/** Gives a container the variables of its links on the default bridge, as it starts (TALK-3). */
export function setLinkVariables(container: Container, given: readonly (readonly [string, string])[]): void {
  variables.set(container, given);
}

/** The variables of a container's links; none without links. */
export function linkVariables(container: Container): readonly (readonly [string, string])[] {
  return variables.get(container) ?? [];
}

/** What one link gives: the address and ports of the other container, its name, and its own variables. */
export function variablesOf(container: Container, alias: string, other: Container, address: string) {
  const prefix = alias.toUpperCase().replaceAll('-', '_');
  const ports = Object.keys(other.config.ExposedPorts ?? {})
    .map((text) => text.split('/'))
    .map(([port = '', protocol = 'tcp']) => ({ port, protocol }))
    .sort((a, b) => Number(a.port) - Number(b.port) || (a.protocol < b.protocol ? -1 : 1));
  const url = ({ port, protocol }: { port: string; protocol: string }) => `${protocol}://${address}:${port}`;
  const given: [string, string][] = [];
  if (ports[0]) given.push([`${prefix}_PORT`, url(ports[0])]);
  for (const one of ports) {
    const name = `${prefix}_PORT_${one.port}_${one.protocol.toUpperCase()}`;
    given.push(
      [name, url(one)],
      [`${name}_ADDR`, address],
      [`${name}_PORT`, one.port],
      [`${name}_PROTO`, one.protocol],
    );
  }
  given.push([`${prefix}_NAME`, `/${container.name}/${alias}`]);
  for (const pair of other.config.Env ?? []) {
    const equals = pair.indexOf('=');
    if (equals > 0 && !own.has(pair.slice(0, equals)))
      given.push([`${prefix}_ENV_${pair.slice(0, equals)}`, pair.slice(equals + 1)]);
  }
  return given;
}
