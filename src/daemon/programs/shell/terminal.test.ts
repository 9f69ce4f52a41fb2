import { describe, expect, it } from 'vitest';
import { second } from '../../../sim';
import { TypedInput } from '../../containers/stdin';
import { run, testNode } from '../../testing/node';

/** A shell on a terminal of a container; `type` gives what the screen shows after it. */
function terminal() {
  const { daemon, sim } = testNode();
  const container = run(daemon, 'alpine', ['sleep', '100000'], { Hostname: 'box' });
  const exec = daemon.execs.create(container, { Cmd: ['sh'], Tty: true, AttachStdin: true });
  const input = new TypedInput();
  let screen = '';
  daemon.execs.start(exec, {
    input,
    stdout: (text) => {
      screen += text;
    },
    stderr: () => {},
    ended: () => {
      screen += '<end>';
    },
  });
  sim.runFor(second);
  return {
    exec,
    type: (text: string) => {
      screen = '';
      for (const key of text) input.write(key);
      sim.runFor(second);
      return screen;
    },
    screen: () => screen,
  };
}

describe('a shell on a terminal, as BusyBox shows it', () => {
  it('prompts, shows what is typed, and keeps its state between lines', () => {
    const { type, screen } = terminal();
    expect(screen()).toBe('/ # ');
    expect(type('x=5\r')).toBe('x=5\r\n/ # ');
    expect(type('echo $x\r')).toBe('echo $x\r\n5\r\n/ # ');
    expect(type('cd /etc\r')).toBe('cd /etc\r\n/etc # ');
    expect(type('if true\rthen echo yes\rfi\r')).toBe('if true\r\n> then echo yes\r\n> fi\r\nyes\r\n/etc # ');
  });

  it('edits: backspace, Ctrl-U, Ctrl-W, arrow keys', () => {
    const { type } = terminal();
    expect(type('ehco\x7f\x7f\x7fcho bs\r')).toBe('ehco\b\x1b[J\b\x1b[J\b\x1b[Jcho bs\r\nbs\r\n/ # ');
    expect(type('abc\x15echo u\r')).toContain('echo u\r\nu\r\n');
    expect(type('echo one two\x17three\r')).toContain('\r\none three\r\n');
    expect(type('echo ab\x1b[D\x1b[Dx\r')).toContain('\r\nxab\r\n');
    expect(type('ho a\x01ec\x05b\r')).toContain('\r\nab\r\n');
  });

  it('remembers lines: up and down', () => {
    const { type } = terminal();
    type('echo first\r');
    type('echo second\r');
    expect(type('\x1b[A\x1b[A\r')).toContain('\r/ # echo first\x1b[J\r\nfirst\r\n');
    expect(type('\x1b[A\x1b[A\x1b[B\r')).toContain('\r\nfirst\r\n');
  });

  it('completes names of files', () => {
    const { type } = terminal();
    expect(type('cat /etc/hostn\t\r')).toBe('cat /etc/hostname \r\nbox\r\n/ # ');
    expect(type('ls /nosuch\t\x15')).toContain('\x07');
  });

  it('Ctrl-C ends what runs in front and the rest of the line, and of a line just the typing', () => {
    const { type } = terminal();
    expect(type('sleep 100; echo no\r')).toBe('sleep 100; echo no\r\n');
    expect(type('\x03')).toBe('^C\r\n/ # ');
    expect(type('echo $?\r')).toBe('echo $?\r\n130\r\n/ # ');
    expect(type('echo never\x03')).toBe('echo never^C\r\n/ # ');
    for (const line of ['while true; do sleep 1; done | cat', '(sleep 50; echo no)', 'sleep 9 & wait', 'read x'])
      expect([line, type(`${line}\r`).endsWith('# '), type('\x03').endsWith('^C\r\n/ # ')]).toEqual([
        line,
        false,
        true,
      ]);
  });

  it('gives lines to programs as they are typed, and Ctrl-D as the end', () => {
    const { type, exec } = terminal();
    expect(type('cat\r')).toBe('cat\r\n');
    expect(type('lin\x7fne\r')).toBe('lin\b \bne\r\nline\r\n');
    expect(type('par\x04')).toBe('parpar');
    expect(type('\x04')).toBe('/ # ');
    expect(type('exit 3\r')).toBe('exit 3\r\n<end>');
    expect(exec.exitCode).toBe(3);
  });

  it('ends by Ctrl-D at its prompt', () => {
    const { type, exec } = terminal();
    expect(type('false\r')).toBe('false\r\n/ # ');
    expect(type('\x04')).toBe('\r\n<end>');
    expect(exec.exitCode).toBe(1);
  });

  it('a first process with a terminal lives without anybody at it, and is typed to', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'alpine', ['sh'], { Tty: true, OpenStdin: true });
    const alone = run(daemon, 'alpine', ['sh'], { Tty: true });
    daemon.stdin.write(container.id, 'echo hi\r');
    sim.runFor(second);
    expect(container.logs.read({ stdout: true, stderr: true }).map(({ text }) => text)).toEqual([
      '/ # echo hi\r',
      'hi\r',
      '/ # ',
    ]);
    expect([container.status, alone.status]).toEqual(['running', 'running']);
    daemon.stdin.write(container.id, 'exit 4\r');
    sim.runFor(second);
    expect([container.status, container.exitCode]).toEqual(['exited', 4]);
  });
});
