import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The real docker CLI against `swarmscope serve`: what the talk types. Without a docker CLI there is nothing to test. */
const docker = (process.env.PATH ?? '')
  .split(path.delimiter)
  .map((folder) => path.join(folder, 'docker'))
  .find((file) => fs.existsSync(file));
if (!docker) console.log('no docker CLI on the PATH: the conformance tests are left out');

interface Outcome {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let server: ChildProcess;
let sockets: readonly string[];

function run(node: number, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, DOCKER_HOST: `unix://${sockets[node]}`, HOME: folder, DOCKER_CLI_HINTS: 'false' };
    execFile(docker!, args, { env, timeout: 60_000 }, (error, out, err) => {
      resolve({ exit: error ? Number(error.code ?? 1) : 0, out, err });
    });
  });
}

async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not come to be');
}

const part = docker ? describe : describe.skip;

beforeAll(async () => {
  if (!docker) return;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'talk-'));
  sockets = [1, 2, 3].map((number) => path.join(folder, `swarm-${number}.sock`));
  const program = path.join(folder, 'swarmscope.cjs');
  await build({
    entryPoints: ['src/headless/main.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
  });
  const hosts = sockets.flatMap((socket) => ['--host', `unix://${socket}`]);
  server = spawn(process.execPath, [program, 'serve', ...hosts, '--speed', '20'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = await new Promise<string>((resolve) => server.stdout!.once('data', (data) => resolve(String(data))));
  expect(JSON.parse(ready)).toMatchObject({ ready: true, hosts: sockets.map((socket) => `unix://${socket}`) });
});

afterAll(async () => {
  if (!docker) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(sockets.some((socket) => fs.existsSync(socket))).toBe(false);
  fs.rmSync(folder, { recursive: true, force: true });
});

part('the talk, typed into the real docker CLI', () => {
  it('API-114: node ls shows the leader and two workers', async () => {
    const { out } = await run(
      0,
      'node',
      'ls',
      '--format',
      '{{.Hostname}} {{.Status}} {{.Availability}} [{{.ManagerStatus}}] {{.Self}}',
    );
    expect(out.trim().split('\n')).toEqual([
      'swarm-1 Ready Active [Leader] true',
      'swarm-2 Ready Active [] false',
      'swarm-3 Ready Active [] false',
    ]);
  });

  it('API-37: a subnet without prefix length is refused, one with it becomes a network', async () => {
    const bad = await run(0, 'network', 'create', '-d', 'overlay', 'collabnet', '--subnet', '10.0.3.0');
    expect(bad.exit).toBe(1);
    expect(bad.err).toContain('invalid CIDR address: 10.0.3.0');
    const good = await run(
      0,
      'network',
      'create',
      '-d',
      'overlay',
      'collabnet',
      '--subnet',
      '10.0.3.0/24',
      '--opt',
      'encrypted',
    );
    expect(good.out.trim()).toMatch(/^[0-9a-z]{25}$/);
    const again = await run(0, 'network', 'create', '-d', 'overlay', 'collabnet');
    expect(again.err).toContain('network with name collabnet already exists');
  });

  it('API-110, API-113: service create waits until it converged, and ls counts it', async () => {
    const created = await run(
      0,
      'service',
      'create',
      '--name',
      'web',
      '--network',
      'collabnet',
      '--replicas',
      '3',
      '-p',
      '8080:80',
      'nginx',
    );
    expect(created.exit).toBe(0);
    expect(created.out).toContain('converged');
    const { out } = await run(
      0,
      'service',
      'ls',
      '--format',
      '{{.Name}} {{.Mode}} {{.Replicas}} {{.Image}} {{.Ports}}',
    );
    expect(out.trim()).toBe('web replicated 3/3 nginx:latest *:8080->80/tcp');
  });

  it('API-112: service ps lists one task a node', async () => {
    const { out } = await run(0, 'service', 'ps', 'web', '--format', '{{.Name}} {{.Node}} {{.DesiredState}}');
    expect(out.trim().split('\n').sort()).toHaveLength(3);
    expect(
      new Set(
        out
          .trim()
          .split('\n')
          .map((line) => line.split(' ')[1]),
      ),
    ).toEqual(new Set(['swarm-1', 'swarm-2', 'swarm-3']));
  });

  it('API-40, API-60: docker ps shows the container of its node, and exec asks its resolver', async () => {
    const { out } = await run(0, 'ps', '-q', '--filter', 'name=web');
    const id = out.trim();
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    const vip = await run(
      0,
      'service',
      'inspect',
      'web',
      '--format',
      '{{range .Endpoint.VirtualIPs}}{{.Addr}} {{end}}',
    );
    const answer = await run(0, 'exec', id, 'getent', 'hosts', 'web');
    expect(answer.exit).toBe(0);
    const address = answer.out.trim().split(/\s+/)[0]!;
    expect(vip.out.split(' ').map((cidr) => cidr.split('/')[0])).toContain(address);
    expect(address).toMatch(/^10\.0\.3\./);
    expect((await run(0, 'exec', id, 'nosuchprogram')).exit).toBe(127);
    expect((await run(1, 'exec', id, 'true')).err).toContain('No such container');
  });

  it('API-115: scale and update say what they did', async () => {
    const scaled = await run(0, 'service', 'scale', '--detach', 'web=5');
    expect(scaled.out).toContain('web scaled to 5');
    await eventually(async () => (await run(0, 'service', 'ls', '--format', '{{.Replicas}}')).out.trim() === '5/5');
    const updated = await run(0, 'service', 'update', '--detach', '--env-add', 'A=1', 'web');
    expect(updated.exit).toBe(0);
    await eventually(async () => {
      const { out } = await run(0, 'service', 'inspect', 'web', '--format', '{{.UpdateStatus.State}}');
      return out.trim() === 'completed';
    });
  });

  it('CTRL-61: a worker refuses swarm commands', async () => {
    const { exit, err } = await run(1, 'service', 'ls');
    expect(exit).toBe(1);
    expect(err).toContain("Worker nodes can't be used to view or modify cluster state");
  });

  it('API-81, API-80: version and info are complete for the CLI', async () => {
    expect((await run(0, 'version', '--format', '{{.Server.Version}} {{.Server.APIVersion}}')).out.trim()).toBe(
      '28.2.2 1.50',
    );
    const { exit, out } = await run(0, 'info');
    expect(exit).toBe(0);
    expect(out).toContain('Is Manager: true');
  });

  it('API-71: events of the swarm are replayed', async () => {
    const now = await run(0, 'info', '--format', '{{.SystemTime}}');
    const { out } = await run(
      0,
      'events',
      '--since',
      '2000-01-01T00:00:00Z',
      '--until',
      now.out.trim(),
      '--filter',
      'scope=swarm',
      '--filter',
      'type=network',
      '--format',
      '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}',
    );
    expect(out).toContain('network create collabnet');
  });

  it('service rm takes the service and its containers away', async () => {
    expect((await run(0, 'service', 'rm', 'web')).out.trim()).toBe('web');
    await eventually(async () => (await run(0, 'ps', '-q')).out.trim() === '');
    expect((await run(0, 'network', 'rm', 'collabnet')).exit).toBe(0);
  });
});
