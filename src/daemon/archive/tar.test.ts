import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, contentOf } from './content';
import { readTar, writeTar } from './tar';

const name = fc
  .array(fc.stringMatching(/^[a-zäß0-9_-]{1,40}$/), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join('/'));

describe('tar archives', () => {
  it('come back as they were written, long names included', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name, data: fc.uint8Array({ maxLength: 1_500 }) })), (files) => {
        const entries = files.map((file) => ({ ...file, kind: 'file' as const, mode: 0o640, time: 1_700_000_000 }));
        expect(readTar(writeTar(entries))).toEqual(entries);
      }),
    );
  });

  it('know folders', () => {
    const folder = { name: 'a/b', kind: 'folder' as const, mode: 0o755, time: 0, data: new Uint8Array() };
    expect(readTar(writeTar([folder]))).toEqual([folder]);
    expect(readTar(Buffer.from(writeTar([folder])))).toEqual([folder]);
  });

  it('are refused when they are none, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), (bytes) => {
        let entries: unknown;
        try {
          entries = readTar(bytes);
        } catch (error) {
          expect((error as Error).message).toMatch(/unexpected EOF|invalid tar header/);
          return;
        }
        expect(entries).toEqual([]);
      }),
    );
  });
});

describe('the content of files', () => {
  it('comes back byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...bytesOf(contentOf(bytes))]).toEqual([...bytes]);
      }),
    );
  });
});
