import { describe, expect, it } from 'vitest';
import { exec, run, testNode } from '../../testing/node';
import recorded from './recorded.json';

/** Scripts with what BusyBox's ash 1.35 gave for them: its output, its words of error and its exit code. */
const cases = recorded as unknown as readonly (readonly [script: string, out: string, err: string, code: number])[];

const { daemon } = testNode();
const container = run(daemon, 'alpine', ['sleep', '1000000000']);

describe('scripts give what they gave in a real container', () => {
  it.each(cases)('%s', (script, out, err, code) => {
    expect(exec(daemon, container, ['sh', '-c', script])).toEqual({ out, err, code });
  });
});
