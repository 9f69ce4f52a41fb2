// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { second } from '../../../sim';
import { exec, run, testNode } from '../../testing/node';

const words = (
  'echo x $x "$x" ${x:-y} $((1+x)) $(echo a) `b` if then else fi for i in do done while until case esac { } ( ) | & && || ; ;; ! < > >> << EOF ' +
  "'q' \" \\ * ? [a] ~ /tmp/f read cat grep sed awk sort true false exit return break continue trap kill wait sleep eval set -e shift test [ ] local f() \n"
).split(' ');

/** What a script of a fuzz test did within a virtual minute; then it is killed, if it is still under way. */
function survives(script: string): { readonly length: number; readonly ended: boolean } {
  const { daemon, sim } = testNode();
  const container = run(daemon, 'alpine', ['sleep', '100000']);
  const made = daemon.execs.create(container, { Cmd: ['sh', '-c', script] });
  let length = 0;
  const count = (text: string): void => {
    length += text.length;
  };
  daemon.execs.start(made, {
    input: { take: () => '', ended: true, onMore: () => {} },
    stdout: count,
    stderr: count,
    ended: () => {},
  });
  const before = sim.now;
  sim.runFor(60 * second);
  expect(sim.now - before).toBe(60 * second);
  daemon.containers.kill(container, 'KILL');
  sim.runFor(second);
  return { length, ended: !made.running };
}

describe('scripts of any kind', () => {
  it('made of the words of the shell never crash, hang or hold time still', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 25 }), (parts) => {
        const { length, ended } = survives(parts.join(' '));
        expect(ended).toBe(true);
        expect(length).toBeLessThan(64 * 1024 ** 2);
      }),
      { numRuns: 40 },
    );
  });

  it('made of any characters never crash, hang or hold time still', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (script) => {
        expect(survives(script).ended).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    'while true; do true; done',
    'while :; do echo x; done',
    'f() { f; }; f',
    'f() { f | f; }; f',
    ':(){ :|:& };:',
    'f() { f & f & }; f',
    'f() { f & f; }; f',
    'f() { x=$(f | f); }; f',
    'while true; do x=$x$x"long"; done',
    'yes',
    'yes | cat > /dev/null',
    'until false; do (true); done',
    'trap "" TERM INT; while true; do sleep 1; done',
    'for i in $(seq 1 5000); do for j in $(seq 1 5000); do :; done; done',
  ])('%s has no end, and can be killed', (script) => {
    expect(survives(script).ended).toBe(true);
  });

  it('the same script gives the same bytes at the same moments, whatever ran before it', () => {
    const script =
      'for i in 1 2 3; do echo $i $RANDOM $(date +%s); sleep 0.3; done | while read x; do echo "<$x>"; done; mktemp; ls -la /tmp; awk "BEGIN { print rand() }"';
    const life = (): string => {
      const { daemon, sim } = testNode();
      const container = run(daemon, 'alpine', ['sleep', '100000']);
      const result = exec(daemon, container, ['sh', '-c', script]);
      return JSON.stringify([result, sim.now, sim.executed, daemon.events.list()]);
    };
    const first = life();
    survives('echo other; awk "BEGIN { print rand() }"; find /etc -exec cat {} \\;');
    expect(life()).toBe(first);
  });
});
