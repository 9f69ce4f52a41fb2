import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): Record<string, string> => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));

/** Messages in the source: the literal first arguments of `t(...)`. */
function messages(): Set<string> {
  const found = new Set<string>();
  const folder = path.join(root, 'src/extension');
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    for (const [, literal] of text.matchAll(/\bt\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g)) {
      const quoted = (literal as string).slice(1, -1);
      found.add(quoted.replace(/\\(.)/g, '$1'));
    }
  }
  return found;
}

const places = (text: string): string[] => [...text.matchAll(/\{\d+\}/g)].map(String).sort();

describe('the translations', () => {
  const bundle = read('l10n/bundle.l10n.zh-cn.json');

  it('every message is translated, and says the same values', () => {
    const missing = [...messages()].filter((message) => !bundle[message]);
    expect(missing).toEqual([]);
    for (const [message, translated] of Object.entries(bundle)) expect(places(translated)).toEqual(places(message));
  });

  it('the manifest’s texts are there in both languages', () => {
    const manifest = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
    const keys = new Set([...manifest.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key as string));
    expect(keys.size).toBeGreaterThan(30);
    for (const file of ['package.nls.json', 'package.nls.zh-cn.json']) {
      const texts = read(file);
      expect([...keys].filter((key) => !texts[key])).toEqual([]);
    }
  });
});
