// Containers' resolvers: questions a second over UDP on loopback, asked by dnsperf in the same run as a bare Node echo,
// dnsmasq, unbound and dns2 where they are installed; and look-ups inside of the process.
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import packet from 'dns-packet';
import { defaultConfig } from '../src/engine/config';
import { ContainerWire } from '../src/engine/dns/container-wire';
import { dnsOpener } from '../src/engine/listeners/dns-listener';
import { nodeTimers } from '../src/engine/listeners/host-timers';
import { LiveCluster } from '../src/engine/live-cluster';
import type { Sandbox } from '../src/network';
import { Random, second } from '../src/sim';
import type { Result } from './result';

const rounds = 5;
const secondsEach = 2;
const services = 20;

/** A cluster with named services, each of three tasks, and a container that asks. */
async function cluster(): Promise<{ live: LiveCluster; names: string[] }> {
  const live = await LiveCluster.create({ config: defaultConfig, host: nodeTimers, openDns: dnsOpener, paused: true });
  const { control } = live.cluster.engines[0]!.membership!.swarm;
  const network = control.createNetwork({ Name: 'net', DriverConfiguration: { Name: 'overlay' } });
  const create = (Name: string, Replicas: number) =>
    control.createService({
      Name,
      TaskTemplate: { ContainerSpec: { Image: 'nginx:latest' }, Networks: [{ Target: network.ID }] },
      Mode: { Replicated: { Replicas } },
    });
  create('client', 1);
  const names = Array.from({ length: services }, (_, index) => `service-${index}`);
  for (const name of names) create(name, 3);
  await live.pacer.advanceTo(live.cluster.sim.now + 60 * second);
  live.pacer.set({ paused: false });
  return { live, names };
}

interface Server {
  readonly name: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Runs a server's code in a process of its own, as dnsperf's other partners do; it prints its port. */
async function inProcess(name: string, file: string, args: readonly string[] = []): Promise<Server> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(Number(String(chunk))));
    child.once('exit', () => reject(new Error(`${name} did not start`)));
  });
  return { name, port, stop: () => stop(child) };
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

const echo = `
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (message, from) => {
  message[2] |= 0x80;
  socket.send(message, from.port, from.address);
});
socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));`;

const dns2 = (folder: string) => `
const dns2 = require(${JSON.stringify(folder)});
const server = dns2.createServer({ udp: true, handle: (request, send) => {
  const response = dns2.Packet.createResponseFromRequest(request);
  const [{ name }] = request.questions;
  response.answers.push({ name, type: 1, class: 1, ttl: 600, address: '10.0.1.2' });
  send(response);
} });
server.on('listening', ({ udp }) => console.log(udp.port));
server.listen({ udp: { port: 0, address: '127.0.0.1' } });`;

function installed(program: string): boolean {
  return spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${program}`]).status === 0;
}

async function freePort(): Promise<number> {
  const socket = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

async function started(name: string, command: string, args: readonly string[], port: number): Promise<Server> {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const child = spawn(command, args, { stdio: 'ignore', env });
  await new Promise((resolve) => setTimeout(resolve, 700));
  if (child.exitCode !== null) throw new Error(`${name} did not start`);
  return { name, port, stop: () => stop(child) };
}

/** The servers to compare with, as far as they are installed; a line tells of those that are not. */
async function anchors(folder: string, names: readonly string[]): Promise<Server[]> {
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  };
  const servers = [await inProcess('bare echo', write('echo.cjs', echo))];
  if (installed('dnsmasq')) {
    const port = await freePort();
    const hosts = write('hosts', names.map((name, index) => `10.0.2.${index + 1} ${name}\n`).join(''));
    const args = [
      '--keep-in-foreground',
      '--no-daemon',
      '--no-resolv',
      '--no-hosts',
      '--conf-file=/dev/null',
      `--addn-hosts=${hosts}`,
    ];
    servers.push(
      await started(
        'dnsmasq',
        'dnsmasq',
        [
          ...args,
          `--port=${port}`,
          '--listen-address=127.0.0.1',
          '--bind-interfaces',
          '--local-ttl=600',
          '--user=',
          '--pid-file=',
        ],
        port,
      ),
    );
  } else console.log('dns: dnsmasq is not installed (dnsmasq-base): not compared');
  if (installed('unbound')) {
    const port = await freePort();
    const data = names.map((name, index) => `  local-data: "${name}. 600 IN A 10.0.2.${index + 1}"\n`).join('');
    const conf = write(
      'unbound.conf',
      `server:\n  interface: 127.0.0.1@${port}\n  port: ${port}\n  num-threads: 1\n  do-daemonize: no\n  use-syslog: no\n  username: ""\n  chroot: ""\n  pidfile: ""\n${data}`,
    );
    servers.push(await started('unbound', 'unbound', ['-d', '-c', conf], port));
  } else console.log('dns: unbound is not installed: not compared');
  const module = path.resolve('node_modules/dns2');
  if (fs.existsSync(module)) servers.push(await inProcess('dns2', write('dns2.cjs', dns2(module))));
  else console.log('dns: dns2 is not installed: not compared');
  return servers;
}

/** Questions answered a second, with a hundred under way at once. */
async function rate(port: number, questions: string): Promise<number> {
  const args = [
    '-s',
    '127.0.0.1',
    '-p',
    String(port),
    '-d',
    questions,
    '-l',
    String(secondsEach),
    '-q',
    '100',
    '-c',
    '4',
  ];
  const child = spawn('dnsperf', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => child.once('exit', resolve));
  const found = /Queries per second:\s+([\d.]+)/.exec(output)?.[1];
  if (found === undefined) throw new Error(`dnsperf said: ${output}`);
  return Number(found);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Our own server, as a process of its own like the others: this very file, told so by its argument. */
async function serve(): Promise<void> {
  const { live } = await cluster();
  const { address } = await live.resolvers.open({ container: 'client' });
  console.log(address.split(':')[1]);
  process.on('SIGTERM', () => process.exit(0));
}

async function wire(): Promise<Result[]> {
  if (!installed('dnsperf')) {
    console.log('dns: dnsperf is not installed: nothing asked over UDP');
    return [];
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dns-bench-'));
  const names = Array.from({ length: services }, (_, index) => `service-${index}`);
  const questions = path.join(folder, 'questions');
  fs.writeFileSync(questions, names.map((name) => `${name} A\n`).join(''));
  const servers = await anchors(folder, names);
  try {
    servers.unshift(await inProcess('swarmscope', __filename, ['serve']));
    const rates = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
    for (const { port } of servers) await rate(port, questions);
    // In turns, so that what else the machine does hits all alike.
    for (let round = 0; round < rounds; round++) {
      for (const { name, port } of servers) rates.get(name)!.push(await rate(port, questions));
    }
    const own = median(rates.get('swarmscope')!);
    return servers.map(({ name }) => {
      const value = median(rates.get(name)!);
      if (name === 'bare echo') return { name: `dns/udp/${name}`, value, unit: 'q/s' };
      const anchorValue = median(rates.get('bare echo')!);
      return {
        name: `dns/udp/${name}`,
        value: name === 'swarmscope' ? own : value,
        unit: 'q/s',
        anchor: 'bare Node echo',
        anchorValue,
        ratio: value / anchorValue,
      };
    });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const goal = 500_000;

/** Times one kind of look-up by processor time, which other programs do not take from. */
function timed(name: string, ask: (index: number) => void): Result {
  const count = 200_000;
  let best = 0;
  for (let run = 0; run < 5; run++) {
    const began = process.cpuUsage();
    for (let index = 0; index < count; index++) ask(index);
    const { user, system } = process.cpuUsage(began);
    best = Math.max(best, (count * 1e6) / (user + system));
  }
  return {
    name: `dns/in-process/${name}`,
    value: best,
    unit: 'lookups/s',
    anchor: 'goal',
    anchorValue: goal,
    ratio: best / goal,
  };
}

async function inside(): Promise<Result[]> {
  const { live, names } = await cluster();
  live.pacer.set({ paused: true });
  const { sim } = live.cluster;
  const sandbox = live.cluster.engines
    .flatMap(({ daemon }) => [...daemon.containers.list()])
    .find((container) => container.name.startsWith('client.'))?.sandbox as Sandbox;
  const asked = [...names, ...names.map((name) => `tasks.${name}`)];
  const messages = asked.map((name) => packet.encode({ type: 'query', questions: [{ name, type: 'A' }] }));
  const resolver = new ContainerWire({
    catchUp: () => live.pacer.catchUp(),
    now: () => sim.now,
    changed: () => false,
    sandbox: () => sandbox,
    network: undefined,
    random: new Random(1),
    allocate: dnsOpener.allocate,
  });
  for (const message of messages) {
    if (!resolver.answer(message, 'udp').message) throw new Error('a name was not found');
  }
  const dotted = asked.map((name) => `${name}.`);
  const results = [
    timed('message to message', (index) => {
      if (!resolver.quick(messages[index % messages.length]!)) throw new Error('a name was not ready');
    }),
    timed('look-up in the records', (index) => sandbox.lookup(dotted[index % dotted.length]!, 'A')),
    timed('with its trace', (index) => sandbox.resolve(dotted[index % dotted.length]!, 'A')),
  ];
  await live.close();
  return results;
}

export const benchmarks = [wire, inside];

if (process.argv[2] === 'serve' && process.argv[1] === __filename) void serve();
