import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

function read(name: string): [string, Snippet][] {
  return Object.entries(
    JSON.parse(readFileSync(path.join(import.meta.dirname, '../media/snippets', name), 'utf8')) as Record<
      string,
      Snippet
    >,
  );
}

/** The text that an editor inserts when a person accepts every default and the first of each choice. */
function expand(body: readonly string[]): string {
  return body
    .join('\n')
    .replace(/\$\{\d+\|([^,|]+)[^|]*\|\}/g, '$1')
    .replace(/\$\{\d+:((?:[^}\\]|\\.)*)\}/g, '$1')
    .replace(/(?<!\\)\$0/g, '')
    .replace(/\\([$}\\])/g, '$1');
}

describe('snippets', () => {
  it.each(read('stack.json'))('%s is YAML without errors', (_, snippet) => {
    const document = parseDocument(expand(snippet.body));
    expect(document.errors).toEqual([]);
    expect(document.toJS()).toBeTypeOf('object');
    expect(snippet.prefix).toMatch(/^swarm-/);
  });

  it.each(read('shell.json'))('%s is a script that bash accepts', (_, snippet) => {
    const text = expand(snippet.body);
    expect(() => execFileSync('bash', ['-n'], { input: text, stdio: ['pipe', 'pipe', 'pipe'] })).not.toThrow();
    expect(snippet.prefix).toMatch(/^docker-/);
    expect(text).not.toMatch(/\$\{\d/);
  });

  it.each(['stack.json', 'shell.json'])('%s has no prefix twice', (name) => {
    const prefixes = read(name).map(([, snippet]) => snippet.prefix);
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  it('TALK-9…18: the commands of the talk come out as they were typed', () => {
    const bodies = new Map(read('shell.json').map(([, snippet]) => [snippet.prefix, expand(snippet.body)]));
    expect(bodies.get('docker-service-vip')).toContain(
      'docker service create \\\n  --name wordpressapp \\\n  --replicas 5 \\\n  --publish 80:80/tcp',
    );
    expect(bodies.get('docker-drill')).toContain(
      'ID=$(docker ps -q --filter label=com.docker.swarm.service.name=util)',
    );
    expect(bodies.get('docker-service-update')).toContain(
      '--image vfarcic/go-demo:1.1 \\\n  --update-delay 5s \\\n  go-demo',
    );
  });
});
