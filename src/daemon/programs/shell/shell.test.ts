import { describe, expect, it } from 'vitest';
import { exec, run, testNode } from '../../testing/node';
import { recorded } from './testing-cases';

const { daemon } = testNode();
const container = run(daemon, 'alpine', ['sleep', '1000000000']);

describe('scripts give what they gave in a real container', () => {
  it.each(recorded)('%s', (script, out, err, code) => {
    expect(exec(daemon, container, ['sh', '-c', script])).toEqual({ out, err, code });
  });
});
