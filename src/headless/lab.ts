import type { DnsReply, LabFaultRequest } from '../api';
import { EngineClient } from '../client/engine-client';
import type { LabClient, LabResetKind } from '../client/lab-client';
import { HttpTransport } from '../client/node/http-transport';
import { UsageError } from './usage';

const usage = `Usage: swarmscope lab --host ADDRESS COMMAND

Act on a running simulation

Commands:
  reset none|swarm1|swarm3|managers3   Factory-new engines
  poweroff NODE | start NODE           Pull a machine's plug, or switch it on
  kill NODE                            Kill a node's engine; its containers go down with it
  cut NODE                             Cut a node's cable
  partition A,B C                      Let groups of nodes not reach each other
  heal                                 Mend all faults
  clock pause|resume|step|speed N|max  Time; alone: what time it is
  dns FROM NAME [TYPE]                 Ask a container's resolver
  dns-upstream on|off                  Let the upstream DNS servers answer, or not
  explain TASK                         Why a task is where it is
  journal                              Print the journal
`;

/** `swarmscope lab`: one act, then done. Node n1 is swarm-1, and so on. */
export async function lab(args: readonly string[]): Promise<number> {
  const words = [...args];
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  const at = words.findIndex((word) => word === '--host' || word.startsWith('--host='));
  const host = at < 0 ? process.env.DOCKER_HOST : takeHost(words, at);
  if (!host) throw new UsageError('give the address of an engine with --host');
  const transport = new HttpTransport(host);
  try {
    await act(new EngineClient(transport).lab, words);
    return 0;
  } finally {
    transport.close();
  }
}

function takeHost(words: string[], at: number): string | undefined {
  const [option = '', value] = words.slice(at, at + 2);
  if (option.includes('=')) {
    words.splice(at, 1);
    return option.slice(option.indexOf('=') + 1);
  }
  words.splice(at, 2);
  return value;
}

async function act(client: LabClient, words: readonly string[]): Promise<void> {
  const [verb, ...rest] = words;
  const need = (what: string): string => {
    const [first] = rest;
    if (first === undefined) throw new UsageError(`lab ${verb}: give ${what}`);
    return first;
  };
  switch (verb) {
    case 'reset':
      return client.reset(resetKind(rest[0] ?? 'swarm3'));
    // An engine that is killed takes its containers with it here: there is no live-restore.
    case 'poweroff':
    case 'kill':
    case 'stop':
      await client.addFault({ kind: 'node down', node: hostname(need('a node')) });
      return;
    case 'start':
      return client.power(hostname(need('a node')), 'on');
    case 'cut':
      await client.addFault({ kind: 'cut', node: hostname(need('a node')) });
      return;
    case 'partition':
      await client.addFault({ kind: 'partition', groups: rest.map((group) => group.split(',').map(hostname)) });
      return;
    case 'heal':
      for (const fault of await client.faults()) await client.removeFault(fault.id);
      return;
    case 'clock':
      return clock(client, rest);
    case 'dns':
      return dns(client, rest);
    case 'dns-upstream':
      return upstream(client, need('on or off'));
    case 'explain':
      print(await client.explain(need('a task')));
      return;
    case 'journal':
      process.stdout.write(await client.journal());
      return;
    default:
      throw new UsageError(verb === undefined ? 'lab: give a command' : `lab: unknown command: ${verb}`);
  }
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** `n1` is swarm-1. */
function hostname(text: string): string {
  const short = /^n(\d+)$/.exec(text);
  return short ? `swarm-${short[1]}` : text;
}

function resetKind(text: string): LabResetKind {
  if (text === 'none' || text === 'swarm1' || text === 'swarm3' || text === 'managers3') return text;
  throw new UsageError(`lab reset: none, swarm1, swarm3 or managers3, not '${text}'`);
}

async function clock(client: LabClient, [verb, value]: readonly string[]): Promise<void> {
  switch (verb) {
    case undefined:
      return print(await client.clock());
    case 'pause':
      return print(await client.setClock({ paused: true }));
    case 'resume':
      return print(await client.setClock({ paused: false }));
    case 'step':
      return print(await client.step(value === undefined ? {} : { milliseconds: Number(value) }));
    case 'speed': {
      const speed = value === 'max' ? 0 : Number(value);
      if (!Number.isFinite(speed)) throw new UsageError('lab clock speed: give a number or max');
      return print(await client.setClock({ speed }));
    }
    default:
      throw new UsageError(`lab clock: unknown command: ${verb}`);
  }
}

/** `dns on|off` is short for `dns-upstream on|off`. */
async function dns(client: LabClient, [from, name, type]: readonly string[]): Promise<void> {
  if (name === undefined && (from === 'on' || from === 'off')) return upstream(client, from);
  if (from === undefined || name === undefined) throw new UsageError('lab dns: give a container and a name');
  const { reply, trace } = await client.dns({ from, name, ...(type === undefined ? {} : { type }) });
  for (const hop of trace) process.stdout.write(`${JSON.stringify(hop)}\n`);
  process.stdout.write(`${replyText(reply)}\n`);
}

function replyText(reply: DnsReply): string {
  if (reply.silent) return 'no answer';
  const answers = reply.answers.map(({ name, ttl, type, data }) => `${name} ${ttl} ${type} ${data}`);
  return [reply.rcode, ...answers].join('\n');
}

async function upstream(client: LabClient, state: string): Promise<void> {
  if (state !== 'on' && state !== 'off') throw new UsageError('lab dns-upstream: on or off');
  const isIt = (fault: LabFaultRequest) => fault.kind === 'upstream dns down';
  const present = (await client.faults()).filter(isIt);
  if (state === 'on') for (const fault of present) await client.removeFault(fault.id);
  else if (present.length === 0) await client.addFault({ kind: 'upstream dns down' });
}
