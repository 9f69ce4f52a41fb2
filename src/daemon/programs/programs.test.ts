import { describe, expect, it } from 'vitest';
import { second } from '../../sim';
import { exec, run, testNode } from '../testing/node';

function shell(line: string) {
  const { daemon } = testNode();
  return exec(daemon, run(daemon, 'alpine', ['sleep', '1000'], { Hostname: 'box' }), ['sh', '-c', line]);
}

describe('programs in containers', () => {
  it.each([
    ['echo hi', 'hi\n'],
    ['echo "a  b" c', 'a  b c\n'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    ['X=1; echo $X "${Y:-none}" $?', '1 none 0\n'],
    ['false; echo $?', '1\n'],
    ['false && echo no || echo yes', 'yes\n'],
    ['echo a; echo b > /tmp/x; cat /tmp/x; echo c >> /tmp/x; wc -l < /tmp/x', 'a\nb\n2\n'],
    ['echo one two | grep -c two', '1\n'],
    ['for i in 1 2 3; do echo $i; done', '1\n2\n3\n'],
    ['if test -f /etc/hostname; then cat /etc/hostname; else echo no; fi', 'box\n'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    ['i=; while [ "$i" != xxx ]; do i=${i}x; done; echo $i', 'xxx\n'],
    ['echo $(hostname)-$(echo ok)', 'box-ok\n'],
    ['nosuch 2>/dev/null || echo missing', 'missing\n'],
    ['cd /tmp && pwd', '/tmp\n'],
    ['! false && echo t', 't\n'],
  ])('the shell runs %s', (line, out) => {
    expect(shell(line).out).toBe(out);
  });

  it("a syntax error is 2, with the shell's words", () => {
    expect(shell('if true')).toMatchObject({ code: 2, err: 'sh: syntax error: unexpected end of file\n' });
  });

  it('a busy loop does not hold time still', () => {
    const { daemon, sim } = testNode();
    run(daemon, 'alpine', ['sh', '-c', 'while true; do true; done']);
    sim.runFor(second);
    expect(sim.executed).toBeLessThan(2_000);
  });

  it('a command in the background goes on beside the shell, and ends with the container', () => {
    const { daemon, sim } = testNode();
    const loop = 'while true; do echo tick; sleep 1; done & echo main; sleep 1000';
    const container = run(daemon, 'alpine', ['sh', '-c', loop]);
    const lines = () => container.logs.read({ stdout: true, stderr: true }).map(({ text }) => text);
    sim.runFor(2.5 * second);
    expect(lines()).toEqual(['main', 'tick', 'tick', 'tick']);
    daemon.containers.kill(container, 'KILL');
    sim.runFor(10 * second);
    expect(lines()).toHaveLength(4);
    expect(sim.next).toBeUndefined();
  });

  it('TALK-15: drill is not found in alpine before apk adds it', () => {
    const { daemon } = testNode();
    const web = run(daemon, 'nginx', [], {}, {}, 'web');
    const util = run(daemon, 'alpine', ['sleep', '1000000000']);
    expect(exec(daemon, util, ['drill', 'web'])).toEqual({
      out: 'OCI runtime exec failed: exec failed: unable to start container process: exec: "drill": executable file not found in $PATH: unknown\r\n',
      err: '',
      code: 127,
    });
    expect(exec(daemon, util, ['apk', 'add', '--update', 'drill']).code).toBe(0);
    const { out, code } = exec(daemon, util, ['drill', 'web']);
    expect(code).toBe(0);
    expect(out).toContain(`web.\t600\tIN\tA\t${web.sandbox?.endpoints[0]?.address.split('/')[0]}\n`);
  });

  it('names are found by getent, ping, nslookup and wget', () => {
    const { daemon, sim } = testNode();
    run(daemon, 'jwilder/whoami', [], { Hostname: 'me' }, {}, 'who');
    const util = run(daemon, 'alpine', ['sleep', '1000']);
    sim.runFor(second);
    expect(exec(daemon, util, ['getent', 'hosts', 'who']).out).toBe('172.17.0.2      who\n');
    expect(exec(daemon, util, ['ping', '-c1', 'who']).out).toContain(
      '1 packets transmitted, 1 packets received, 0% packet loss',
    );
    expect(exec(daemon, util, ['ping', '-c1', 'nosuch'])).toMatchObject({
      code: 1,
      err: "ping: bad address 'nosuch'\n",
    });
    expect(exec(daemon, util, ['nslookup', 'who']).out).toContain('Name:\twho\nAddress: 172.17.0.2\n');
    expect(exec(daemon, util, ['wget', '-qO-', 'http://who:8000/']).out).toBe("I'm me\n");
    expect(exec(daemon, util, ['wget', '-qO-', 'http://who:9/'])).toMatchObject({
      code: 1,
      err: "wget: can't connect to remote host (172.17.0.2): Connection refused\n",
    });
  });
});
