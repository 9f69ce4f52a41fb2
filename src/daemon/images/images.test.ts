import { describe, expect, it } from 'vitest';
import { second } from '../../sim';
import { exec, run, testNode } from '../testing/node';
import { parseCatalogue } from './catalogue-file';
import { familiarName, parseReference } from './reference';
import { Registry } from './registry';

const digest = `sha256:${'a'.repeat(64)}`;

describe('image names', () => {
  it.each([
    ['nginx', 'nginx:latest'],
    ['library/nginx:1.25', 'nginx:1.25'],
    ['docker.io/library/nginx', 'nginx:latest'],
    ['docker.io/vfarcic/go-demo:1.1', 'vfarcic/go-demo:1.1'],
    ['localhost:5000/x/y', 'localhost:5000/x/y:latest'],
    [`nginx@${digest}`, `nginx@${digest}`],
    [`nginx:1@${digest}`, 'nginx:1'],
  ])('%s is %s', (given, familiar) => {
    expect(familiarName(parseReference(given))).toBe(familiar);
  });

  it.each(['', 'a b', 'nginx:', 'nginx@sha256:12', '-x', 'a//b'])('refuses %j', (given) => {
    expect(() => parseReference(given)).toThrow('invalid reference format');
  });

  it('says that names are lower case', () => {
    expect(() => parseReference('NGINX')).toThrow('repository name (library/NGINX) must be lowercase');
  });
});

describe('the registry', () => {
  it('accepts any name, unless it is strict', () => {
    expect(new Registry().resolve(parseReference('my/app')).definition.unknown).toBe(true);
    const strict = new Registry({ mode: 'strict' });
    expect(() => strict.resolve(parseReference('my/app'))).toThrow(
      'pull access denied for my/app, repository does not exist',
    );
    expect(() => strict.resolve(parseReference('nginx:0.1'))).toThrow('manifest for nginx:0.1 not found');
    expect(strict.resolve(parseReference('nginx:1.27')).id).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('gives the same IDs everywhere, and one digest a name', () => {
    const id = (name: string) => new Registry().resolve(parseReference(name));
    expect(id('nginx')).toEqual(id('nginx:latest'));
    expect(id('nginx').id).not.toBe(id('nginx:1.27').id);
    const registry = new Registry();
    const { digest: pinned, id: own } = registry.resolve(parseReference('nginx:1.27'));
    expect(registry.resolve(parseReference(`nginx@${pinned}`)).id).toBe(own);
  });
});

describe('a catalogue file', () => {
  const text = `
images:
  - name: alpine
    command: serve
    tools: [serve, drill, dig]
    environment: { A: 1 }
    ports: [80]
    size: 57704329
    files: { /www/index.html: hello }
    behaviour: { onTerm: 0, termDelay: 5ms, logs: "serving on {{hostname}}\\n", http: { /: "hi\\n" } }
`;

  it('replaces an entry: its server runs, logs and stops as described', () => {
    const { daemon, sim } = testNode({ registry: new Registry({ images: parseCatalogue(text) }) });
    const container = run(daemon, 'alpine', [], { Hostname: 'box' });
    sim.runFor(second);
    expect(container.logs.read({ stdout: true, stderr: true }).map((line) => line.text)).toEqual(['serving on box']);
    expect(exec(daemon, container, ['wget', '-qO-', 'localhost']).out).toBe('hi\n');
    expect(exec(daemon, container, ['sh', '-c', 'cat /www/index.html; echo $A']).out).toBe('hello1\n');
    daemon.containers.stop(container, undefined, () => {});
    sim.runFor(0.1 * second);
    expect(container.exitCode).toBe(0);
  });

  it.each([
    ['- name: x\n  colour: red', 'image x: colour is not known'],
    ['- name: x\n  behaviour: { onTerm: soon }', "image x: behaviour: onTerm must be an exit code or 'ignored'"],
    ['- name: x\n  base: windows', 'image x: base must be one of'],
    ['- 3', 'image 1: must be a mapping'],
    ['a: b', 'must be a list of images'],
    ['- {', 'not valid YAML'],
  ])('refuses %j with its place', (wrong, why) => {
    expect(() => parseCatalogue(wrong)).toThrow(why);
  });
});
