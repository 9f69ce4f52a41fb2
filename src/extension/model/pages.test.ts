import { describe, expect, it } from 'vitest';
import type { TaskExplanation } from '../../api';
import { adviceFor } from './advice';
import { age } from './age';
import { explanationPage } from './explain';
import { logLines, splitDetails } from './logs';
import { code, escapeMarkdown } from './markdown';

const pending: TaskExplanation = {
  taskID: 't1',
  serviceID: 's1',
  at: '2026-01-01T00:00:05.000000000Z',
  outcome: 'pending',
  message: 'no suitable node (insufficient resources on 1 node; 1 node not available for new tasks)',
  nodes: [
    {
      nodeID: 'n1',
      hostname: 'swarm-1',
      eligible: false,
      verdicts: [
        { filter: 'Ready', enabled: true, passed: true },
        { filter: 'Resource', enabled: true, passed: false, value: '0.5 of 2 CPUs free' },
        { filter: 'Plugin', enabled: false, passed: true },
      ],
    },
    {
      nodeID: 'n2',
      hostname: 'swarm_2',
      eligible: false,
      verdicts: [{ filter: 'Ready', enabled: true, passed: false }],
    },
  ],
  remedies: ['Reserve less than 0.5 CPUs'],
};

describe('the page that explains a task', () => {
  it('shows every node against every filter that took part, and what would help', () => {
    const page = explanationPage('web.1', pending);
    expect(page).toContain('# Why web\\.1 is pending');
    expect(page).toContain('> no suitable node \\(insufficient resources on 1 node');
    expect(page).toContain('| Node | Ready | Resource |');
    expect(page).toContain('| swarm\\-1 | ✓ | ✗ 0\\.5 of 2 CPUs free |');
    expect(page).toContain('| swarm\\_2 | ✗ | – |');
    expect(page).toContain('- Reserve less than 0\\.5 CPUs');
    expect(page).not.toContain('Plugin');
  });

  it('SCHED-40: says by what the chosen node won', () => {
    const page = explanationPage('web.1', {
      ...pending,
      outcome: 'assigned',
      message: 'scheduler assigned task to node',
      nodes: pending.nodes.map((node, i) => ({
        ...node,
        eligible: true,
        rank: { recentFailures: 0, serviceTasks: i, totalTasks: 2 },
      })),
      chosen: { nodeID: 'n1', by: 'service tasks' },
      remedies: [],
    });
    expect(page).toContain('**swarm\\-1** was chosen: it ran the fewest tasks of this service.');
    expect(page).toContain('| **swarm\\-1** ← | 0 | 0 | 2 |');
  });
});

describe('logs', () => {
  const frame = (stream: number, text: string): Uint8Array => {
    const payload = new TextEncoder().encode(text);
    const bytes = new Uint8Array(8 + payload.length);
    bytes[0] = stream;
    new DataView(bytes.buffer).setUint32(4, payload.length);
    bytes.set(payload, 8);
    return bytes;
  };
  async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
  }
  const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

  it('API-61: gives the lines of each stream, however the bytes come', async () => {
    const bytes = join(frame(1, 'one\ntw'), frame(2, 'bad\n'), frame(1, 'ö\nend'));
    for (const size of [1, 3, 1_000]) {
      const lines = [];
      for await (const line of logLines(chunks(bytes, size))) lines.push(`${line.stream}: ${line.text}`);
      expect(lines).toEqual(['stdout: one', 'stderr: bad', 'stdout: twö', 'stdout: end']);
    }
  });

  it('API-32: takes the task out of the details', () => {
    const details = 'com.docker.swarm.node.id=n,com.docker.swarm.service.id=s,com.docker.swarm.task.id=t7';
    expect(splitDetails(`${details} GET / 200`)).toEqual({ taskID: 't7', text: 'GET / 200' });
    expect(splitDetails('plain')).toEqual({ text: 'plain' });
  });
});

describe('texts', () => {
  it('ages grow in whole minutes', () => {
    const from = '2026-01-01T00:00:00.000000000Z';
    expect(age(from, '2026-01-01T00:00:59.000000000Z')).toBe('just now');
    expect(age(from, '2026-01-01T00:05:30.000000000Z')).toBe('5 min');
    expect(age(from, '2026-01-01T03:00:00.000000000Z')).toBe('3 h');
    expect(age(from, '2026-01-05T00:00:00.000000000Z')).toBe('4 d');
  });

  it('escapes markup', () => {
    expect(escapeMarkdown('[a](b) <i> **c**')).toBe('\\[a\\]\\(b\\) &lt;i&gt; \\*\\*c\\*\\*');
    expect(code('a``b')).toBe('``` a``b ```');
  });

  it.each([
    ['rpc error: code = Unknown desc = update out of sequence', 'repeat the change'],
    ['rpc error: code = FailedPrecondition desc = network x is in use by service y', 'off the network'],
    ['Invalid subnet 10.0.3.0 : invalid CIDR address: 10.0.3.0', '/24'],
    ['rpc error: code = FailedPrecondition desc = attempting to demote the last manager of the swarm', 'Promote'],
  ])('says what to do about: %s', (message, advice) => expect(adviceFor(message)?.text).toContain(advice));
});
