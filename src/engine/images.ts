import { parse } from 'yaml';
import type { ImageDefinition } from '../daemon';

const bases = new Set(['alpine', 'busybox', 'debian', 'scratch']);

/**
 * Additions to the image catalogue: a YAML list, or a map with `images`, of entries as the catalogue has them; name
 * alone is enough. Throws a plain Error that says which entry is wrong.
 */
export function readImages(text: string): readonly ImageDefinition[] {
  const value: unknown = parse(text);
  const list = Array.isArray(value) ? value : (value as { images?: unknown } | null)?.images;
  if (!Array.isArray(list)) throw new Error('the image catalogue must be a list of images');
  return list.map(readImage);
}

function readImage(entry: unknown, index: number): ImageDefinition {
  if (typeof entry !== 'object' || entry === null) throw new Error(`image ${index + 1} is not a map`);
  const given = entry as Partial<ImageDefinition> & { readonly environment?: unknown; readonly ports?: unknown };
  if (typeof given.name !== 'string' || given.name === '') throw new Error(`image ${index + 1} has no name`);
  const { environment, ports, ...rest } = given;
  if (rest.base !== undefined && !bases.has(rest.base)) {
    throw new Error(`image ${given.name}: base must be one of ${[...bases].join(', ')}`);
  }
  return {
    base: 'alpine',
    size: 10_000_000,
    created: '2025-06-01T12:00:00Z',
    behaviour: { onTerm: 0 },
    ...rest,
    name: given.name,
    ...(Array.isArray(environment) ? { env: environment.map(String) } : {}),
    ...(Array.isArray(ports) ? { exposedPorts: ports.map((port) => withProtocol(String(port))) } : {}),
  };
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`;
}
