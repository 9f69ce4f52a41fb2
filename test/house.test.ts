// The rules of the house that no linter knows, checked cheaply.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const exists = (file: string) => fs.existsSync(path.join(root, file));

/** Every committed file, or one about to be. */
const files = execFileSync('git', ['ls-files', '--cached'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file && exists(file) && fs.statSync(path.join(root, file)).isFile());

/** Files with text that a person reads or writes, with their contents. */
const texts = files
  .filter((file) => /\.(ts|mjs|cjs|js|json|md|ya?ml|sh|css|svg|txt)$|^[^.]+$|^\./.test(file))
  .filter((file) => file !== 'package-lock.json')
  .map((file) => ({ file, text: read(file) }));
const sources = texts.filter(({ file }) => /^src\/.*\.ts$/.test(file));

/** `file:line: text` of every line that a pattern matches. */
function lines(among: typeof texts, pattern: RegExp): string[] {
  return among.flatMap(({ file, text }) =>
    text
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

describe('sources', () => {
  it('have at most 600 lines in a file', () => {
    const long = sources
      .filter(({ file }) => !file.endsWith('.generated.ts'))
      .map(({ file, text }) => ({ file, lines: text.split('\n').length }))
      .filter((source) => source.lines > 600);
    expect(long).toEqual([]);
  });

  it('name no path of a developer machine and no package host', () => {
    const here = 'test/house.test.ts'; // which has to spell out what it looks for
    const among = texts.filter(({ file }) => file !== here && file !== '.npmrc');
    expect(lines(among, /(^|[^a-z.])\/work\//)).toEqual([]);
    // Simulated containers have a /tmp and a /root of their own, and their commands and tests name them.
    const outside = among.filter(({ file }) => !/^(src\/(daemon|engine|cli|stack)|test\/conformance)\//.test(file));
    expect(lines(outside, /(^|[^a-z.])\/(tmp|root)\//)).toEqual([]);
    const hosts = /registry\.(npmjs|yarnpkg)\.|npm\.pkg\.github\.com|proxy\.golang\.org|pypi\.org/;
    expect(lines(among, hosts)).toEqual([]);
  });

  it('take time and chance from the simulation below the listeners', () => {
    const core = sources.filter(
      ({ file }) =>
        /^src\/(api|sim|swarm|network|daemon|engine)\//.test(file) &&
        !file.startsWith('src/engine/listeners/') &&
        !file.endsWith('.test.ts'),
    );
    const calls = lines(core, /\b(Date\.now|Math\.random|crypto\.randomUUID|performance\.now)\s*\(|\bnew Date\(\s*\)/);
    expect(calls.filter((line) => !/:\d+: (\*|\/\/)/.test(line))).toEqual([]);
  });

  it('import types with import declarations, which the check of the floors sees', () => {
    expect(lines(sources, /\bimport\((['"])[^'"]+\1\)\s*\.\s*[A-Z]|\btypeof import\(/)).toEqual([]);
  });
});

describe('package-lock.json', () => {
  it('names no host to download from', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { resolved?: string; link?: boolean }>;
    };
    const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved && !entry.link);
    expect(resolved.map(([name]) => name)).toEqual([]);
  });

  it('has exact versions of all dependencies', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d/.test(version));
    expect(loose).toEqual([]);
  });
});

interface Manifest {
  contributes?: { commands?: { command: string; title?: string; category?: string }[] };
}
const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;

describe('package.json', () => {
  it('has a title for every command, and each command once', () => {
    const commands = manifest.contributes?.commands ?? [];
    expect(commands.filter(({ title }) => !title)).toEqual([]);
    const names = commands.map(({ command }) => command);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe('translations', () => {
  const nls = (file: string) => JSON.parse(read(file)) as Record<string, string>;

  it.skipIf(!exists('package.nls.json'))('of package.json are all used, and there in both languages', () => {
    const used = new Set([...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
    const english = Object.keys(nls('package.nls.json'));
    expect(
      english.filter((key) => !used.has(key)),
      'not used',
    ).toEqual([]);
    expect(
      [...used].filter((key) => !english.includes(String(key))),
      'not defined',
    ).toEqual([]);
    const chinese = Object.keys(nls('package.nls.zh-cn.json'));
    expect(chinese.sort()).toEqual(english.sort());
  });
});
