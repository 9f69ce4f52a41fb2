import path from 'node:path';
import { describe, expect, it } from 'vitest';

// A script has no types.
const { notices } = await import('../scripts/notices.mjs' as string);

const root = path.resolve(import.meta.dirname, '..');
const bundle = (inputs: Record<string, number>) => ({
  outputs: {
    'dist/one.js': {
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, bytesInOutput]) => [name, { bytesInOutput }])),
    },
  },
});

describe('notices', () => {
  it('tell name, version, licence and licence text of each package that is in a bundle, and of no other', () => {
    const text = notices(
      [bundle({ 'src/a.ts': 9, 'node_modules/yaml/dist/index.js': 9, 'node_modules/ipaddr.js/lib/ipaddr.js': 0 })],
      root,
    );
    expect(text).toMatch(/^- yaml \d+\.\d+\.\d+ \(ISC\)$/m);
    expect(text).toContain('Permission to use, copy, modify, and/or distribute this software');
    expect(text).not.toContain('ipaddr.js');
  });

  it('tell of packages that a package has in its own files', () => {
    const text = notices([bundle({ 'node_modules/just-bash/dist/bundle/browser.js': 9 })], root);
    expect(text).toMatch(/^- just-bash /m);
    expect(text).toMatch(/^- smol-toml /m);
    expect(text).not.toMatch(/^- undici /m);
  });
});
