import { describe, expect, it } from 'vitest';
import { second } from '../../sim';
import { exec, run, testNode } from '../testing/node';

describe('inside of containers', () => {
  it('what outgrows the memory limit is killed: 137, and the container says so', () => {
    const { daemon, sim } = testNode();
    const tail = run(daemon, 'alpine', ['tail', '/dev/zero'], {}, { Memory: 20_000_000 });
    const grows = run(daemon, 'alpine', ['sh', '-c', 'x=a; while true; do x=$x$x; done'], {}, { Memory: 20_000_000 });
    const below = run(daemon, 'alpine', ['sh', '-c', 'tail /dev/zero; exit $?'], {}, { Memory: 20_000_000 });
    sim.runFor(5 * second);
    for (const one of [tail, grows, below]) expect([one.exitCode, one.oomKilled]).toEqual([137, true]);
  });

  it('a health check sees the file that an exec touches', () => {
    const { daemon, sim } = testNode();
    const Healthcheck = { Test: ['CMD-SHELL', 'test -f /tmp/ok'], Interval: 1e9, Retries: 1 };
    const container = run(daemon, 'alpine', ['sleep', '1000'], { Healthcheck });
    sim.runFor(3 * second);
    expect(container.health?.status).toBe('unhealthy');
    exec(daemon, container, ['touch', '/tmp/ok']);
    sim.runFor(3 * second);
    expect(container.health?.status).toBe('healthy');
  });

  it('users other than root write only where they may, and a read-only root is one', () => {
    const { daemon } = testNode();
    const user = run(daemon, 'alpine', ['sleep', '1000'], { User: '1000:1000' });
    const script = 'echo x > /a; mkdir /c; rm -f /etc/passwd; echo q > /tmp/f; cat /tmp/f';
    expect(exec(daemon, user, ['sh', '-c', script])).toMatchObject({
      out: 'q\n',
      err: "sh: can't create /a: Permission denied\nmkdir: can't create directory '/c': Permission denied\nrm: can't remove '/etc/passwd': Permission denied\n",
    });
    const fixed = run(daemon, 'alpine', ['sleep', '1000'], {}, { ReadonlyRootfs: true });
    expect(exec(daemon, fixed, ['sh', '-c', 'echo x > /a']).err).toBe("sh: can't create /a: Read-only file system\n");
  });

  it('the kernel shows processes, and the files of the engine are in their folders', () => {
    const { daemon } = testNode();
    const container = run(daemon, 'alpine', ['sleep', '1000']);
    const sh = (line: string) => exec(daemon, container, ['sh', '-c', line]).out;
    expect(sh('cat /proc/1/comm /proc/1/cmdline')).toBe('sleep\nsleep\x001000\x00');
    expect(sh('find /etc -name hostname')).toBe('/etc/hostname\n');
    expect(sh('grep -c processor /proc/cpuinfo; rm /etc/hosts 2>&1')).toBe(
      "2\nrm: can't remove '/etc/hosts': Device or resource busy\n",
    );
    expect(sh('cd /tmp; ln -s /etc d; cat d/hostname')).toBe(`${container.hostname}\n`);
  });
});
