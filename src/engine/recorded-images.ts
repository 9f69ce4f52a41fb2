import type { ImageDefinition } from '../daemon';

/** Images of the recorded engines, in the order in which they came there. */
export const recordedImageNames = [
  'busybox',
  'alpine',
  'nginx',
  'mongo',
  'vfarcic/go-demo',
  'vfarcic/go-demo:1.1',
  'vfarcic/docker-flow-proxy',
];

/**
 * What those images hold: one and the same small system, which serves a page on port 80, says so, and stops when it is
 * told to. They stand in for the catalogue's where no registry can be reached.
 */
export const recordedImages: readonly ImageDefinition[] = [
  ...new Set(recordedImageNames.map((name) => name.split(':')[0]!)),
].map((name) => ({
  name,
  command: ['serve'],
  base: 'busybox',
  imported: true,
  tools: ['drill', 'dig', 'getent', 'nslookup', 'serve'],
  env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  size: 57_704_329,
  created: '2026-11-24T13:59:31.591794403Z',
  behaviour: {
    onTerm: 0,
    termDelay: 0,
    logs: 'serving on {{hostname}}\n',
    listens: [80],
    http: { '*': '{{hostname}}\n' },
  },
}));
