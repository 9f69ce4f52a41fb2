import { describe, expect, it } from 'vitest';
import type { DnsReply, Service, Task } from '../../../api';
import { readFromPage, readQuestion } from '../protocol';
import { distribute, outcomeOf } from './distribution';
import { digArguments, knownNames, questionName } from './names';
import { traceText } from './trace-text';

function reply(addresses: string[], extra: Partial<DnsReply> = {}): DnsReply {
  return {
    id: 1,
    silent: false,
    rcode: 'NOERROR',
    flags: { qr: true, aa: false, tc: false, rd: true, ra: true },
    question: { name: 'web', type: 'A' },
    answers: addresses.map((data) => ({ name: 'web.', type: 'A', ttl: 600, data })),
    authority: [],
    size: 40,
    server: '127.0.0.11',
    ...extra,
  };
}

const t = (message: string, ...values: (string | number | boolean)[]) =>
  message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));

describe('distribution of answers', () => {
  it('counts who came first and who came at all', () => {
    const result = distribute([
      reply(['a', 'b']),
      reply(['b', 'a']),
      reply(['b']),
      reply([], { rcode: 'NXDOMAIN' }),
      reply([], { silent: true }),
    ]);
    expect(result.asked).toBe(5);
    expect(result.addresses).toEqual([
      { address: 'b', first: 2, present: 3 },
      { address: 'a', first: 1, present: 2 },
    ]);
    expect(result.others).toEqual([
      { outcome: 'NXDOMAIN', count: 1 },
      { outcome: 'silence', count: 1 },
    ]);
    expect(outcomeOf(reply([]))).toBe('NODATA');
  });
});

describe('names to complete', () => {
  const service = (ID: string, Name: string, Networks: Service['Spec']['TaskTemplate']['Networks']): Service =>
    ({
      ID,
      Version: { Index: 1 },
      CreatedAt: '',
      UpdatedAt: '',
      Endpoint: {},
      Spec: { Name, TaskTemplate: { Networks } },
    }) as Service;

  it('DISC-39, DISC-51, DISC-52: services with networks, their tasks and aliases; not those on ingress alone', () => {
    const task = { ID: 'x1', ServiceID: 's1', Slot: 2, Status: { State: 'running' } } as Task;
    const stopped = { ID: 'x2', ServiceID: 's1', Slot: 1, Status: { State: 'failed' } } as Task;
    const names = knownNames(
      [service('s1', 'web', [{ Target: 'n1', Aliases: ['www'] }]), service('s2', 'bare', [])],
      [task, stopped],
      [{ Id: 'n1', Name: 'front' }],
    );
    expect(names).toEqual(['tasks.web', 'tasks.www', 'web', 'www', 'web.front', 'www.front', 'web.2.x1']);
  });

  it('turns an address into the name of its pointer', () => {
    expect(questionName('10.0.1.2', 'PTR')).toBe('2.1.0.10.in-addr.arpa');
    expect(questionName('10.0.1.2', 'A')).toBe('10.0.1.2');
    expect(questionName('web', 'PTR')).toBe('web');
    expect(digArguments({ name: '10.0.1.2', type: 'PTR' })).toBe('-x 10.0.1.2');
    expect(digArguments({ name: 'web', type: 'A' })).toBe('web');
    expect(digArguments({ name: 'web', type: 'MX' })).toBe('web MX');
  });
});

describe('the trace as text', () => {
  it('TALK-8: tells each hop, with where a record was learned', () => {
    const lines = traceText(
      [
        { hop: 'ask', container: 'util.1', node: 'swarm-2', name: 'web', type: 'A' },
        { hop: 'network', network: 'front', name: 'web', hit: true },
        {
          hop: 'record',
          network: 'front',
          name: 'web',
          kind: 'service VIP',
          records: [
            { address: '10.0.1.2', owner: 's', learnedFrom: 'swarm-1', since: '2026-01-01T10:20:30.000000000Z' },
          ],
        },
        { hop: 'answer', rcode: 'silence', addresses: [] },
      ],
      t,
    );
    expect(lines.map((line) => line.outcome)).toEqual(['step', 'hit', 'hit', 'miss']);
    expect(lines[0]?.detail).toBe('util.1 on swarm-2 asks for web, type A');
    expect(lines[2]?.detail).toContain('learned from swarm-1 at 10:20:30');
  });
});

describe('messages of the page', () => {
  it('are read strictly', () => {
    expect(readQuestion({ from: 'c', name: ' web ', type: 'a' })).toEqual({
      from: 'c',
      name: 'web',
      type: 'A',
      times: 1,
      cache: 'none',
    });
    for (const bad of [
      null,
      1,
      {},
      { from: 'c' },
      { from: 'c', name: 'x', times: 0 },
      { from: 'c', name: 'x', times: 1e9 },
      { from: 'c', name: 'x'.repeat(400) },
      { from: 1, name: 'x' },
      { from: 'c', name: 'x', cache: 'all' },
    ]) {
      expect(readQuestion(bad)).toBeUndefined();
    }
    expect(readFromPage({ kind: 'select', from: 'c' })).toEqual({ kind: 'select', from: 'c' });
    expect(readFromPage({ kind: 'select' })).toBeUndefined();
    const question = { from: 'c', name: 'web', type: 'A', times: 1, cache: 'ttl' };
    expect(readFromPage({ kind: 'watch', question })).toEqual({ kind: 'watch', question });
    expect(readFromPage({ kind: 'everywhere' })).toBeUndefined();
    expect(readFromPage({ kind: 'closeResolver', id: 1 })).toBeUndefined();
    expect(readFromPage({ kind: 'evil' })).toBeUndefined();
    expect(readFromPage('ready')).toBeUndefined();
  });
});
