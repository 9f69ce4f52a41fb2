import { describe, expect, it } from 'vitest';
import { contentsOf } from '../images/contents';
import { exec, run, testNode } from '../testing/node';

/** A container of alpine on a network, and a server beside it. */
function box(image = 'alpine') {
  const { daemon, sim } = testNode();
  run(daemon, 'jwilder/whoami', [], { Hostname: 'me' }, {}, 'who');
  const container = run(daemon, image, ['sleep', '100000'], { Hostname: 'box', Env: ['FOO=bar'] }, {}, 'box');
  sim.runFor(2_000_000);
  const sh = (line: string) => exec(daemon, container, ['sh', '-c', line]);
  return { daemon, sim, container, sh };
}

/** What it takes until a command begins. */
const startOfExec = 10_000;

/** What goes on until it is stopped. The image's own server runs as the first process only; perl is not run. */
const endless = new Set(['yes', 'top', 'watch']);

describe('the tools of an image', () => {
  it.each(['alpine', 'nginx'])('all do something: %s', (image) => {
    const { daemon, container } = box(image);
    for (const tool of contentsOf(container.image.definition).tools) {
      if (endless.has(tool) || /^(nginx|perl|docker-entrypoint)/.test(tool)) continue;
      const { out, err } = exec(daemon, container, [tool]);
      expect([tool, out + err]).toEqual([tool, expect.not.stringContaining('not simulated')]);
    }
  });
});

describe('files', () => {
  it.each([
    ['ls -d /tmp /etc', '/etc\n/tmp\n'],
    ['cd /tmp; touch b a; ls', 'a\nb\n'],
    ['cd /tmp; touch bb a; ls -C', 'a   bb\n'],
    ['cd /tmp; mkdir d; touch d/x .h; ls -R', '.:\nd\n\n./d:\nx\n'],
    ['cd /tmp; touch .h a; ls -a', '.\n..\n.h\na\n'],
    ['cd /tmp; echo hello > f; ls -l f | cut -c1-43', '-rw-r--r--    1 root     root             6\n'],
    ['ls -ld /tmp | cut -c1-10', 'drwxrwxrwt\n'],
    ['ls /nosuch 2>&1; echo $?', 'ls: /nosuch: No such file or directory\n1\n'],
    ['cd /tmp; echo a b > f; wc f; wc -l < f; wc -w f', '        1         2         4 f\n1\n2 f\n'],
    ['echo a b | wc', '        1         2         4\n'],
    ['wc /nosuch 2>&1', 'wc: /nosuch: No such file or directory\n'],
    ['cd /tmp; echo hello > f; stat -c "%n %s %a %U %F" f', 'f 6 644 root regular file\n'],
    ['stat /nosuch 2>&1; echo $?', "stat: can't stat '/nosuch': No such file or directory\n1\n"],
    ['mkdir /tmp/d; echo x > /tmp/d/f; du /tmp/d; du -sh /tmp/d', '8\t/tmp/d\n8.0K\t/tmp/d\n'],
    ['dd if=/dev/zero of=/tmp/z bs=1k count=4 2>&1; wc -c < /tmp/z', '4+0 records in\n4+0 records out\n4096\n'],
    ['echo a | tee /tmp/t /tmp/u; echo b | tee -a /tmp/t; cat /tmp/t /tmp/u', 'a\nb\na\nb\na\n'],
    ['cd /tmp; echo a > x; echo b > y; head -n1 x y', '==> x <==\na\n\n==> y <==\nb\n'],
    ['seq 5 | tail -n 2; seq 5 | tail -n +4; printf abc | tail -c 1; seq 3 | head -n -1', '4\n5\n4\n5\nc1\n2\n'],
    ['chown 5:6 /tmp; stat -c "%u %g" /tmp', '5 6\n'],
    [
      'touch /tmp/a /tmp/b; cmp /tmp/a /tmp/b && echo same; echo x | hexdump -C',
      'same\n00000000  78 0a                                             |x.|\n00000002\n',
    ],
    ['echo box | xxd', '00000000: 626f 780a                                box.\n'],
  ])('%s', (line, out) => {
    expect(box().sh(line).out).toBe(out);
  });
});

describe('text and numbers', () => {
  it.each([
    ['yes | head -3', 'y\ny\ny\n'],
    ['yes a b | head -n2', 'a b\na b\n'],
    ['seq 2 2 6; seq -w 8 10; seq -s, 3; seq 3 -1 1; seq 0.5 1 2', '2\n4\n6\n08\n09\n10\n1,2,3\n3\n2\n1\n0.5\n1.5\n'],
    ['echo a b c | xargs -n1 echo x', 'x a\nx b\nx c\n'],
    ['printf "a\\nb\\n" | xargs -I{} echo "<{}>"', '<a>\n<b>\n'],
    ['printf "a\\0b\\0" | xargs -0 echo', 'a b\n'],
    [
      'echo a | xargs false; echo $?; echo a | xargs nosuch 2>&1; echo $?',
      '123\nxargs: nosuch: No such file or directory\n127\n',
    ],
    ['echo | xargs echo no; echo | xargs -r echo no', 'no\n'],
    ['expr 1 + 2', '3\n'],
    ['date -d @0 "+%Y-%m-%d %H:%M:%S %j %a"', '1970-01-01 00:00:00 001 Thu\n'],
  ])('%s', (line, out) => {
    expect(box().sh(line).out).toBe(out);
  });

  it('sleep takes fractions of seconds, and date counts them', () => {
    const { sh, sim } = box();
    const begun = sim.now;
    expect(sh('sleep 0.5').code).toBe(0);
    expect(sim.now - begun).toBe(500_000 + startOfExec);
  });
});

describe('processes', () => {
  it('timeout ends what takes too long with 143, and with the signal that is wanted', () => {
    const { sh, sim } = box();
    const begun = sim.now;
    expect(sh('timeout 1 sleep 5; echo $?; timeout -s KILL 1 sleep 5; echo $?; timeout 1 true; echo $?').out).toBe(
      '143\n137\n0\n',
    );
    expect(sim.now - begun).toBe(2_000_000 + startOfExec);
    expect(sh('timeout 1 nosuch')).toMatchObject({
      code: 127,
      err: "timeout: can't execute 'nosuch': No such file or directory\n",
    });
  });

  it('ps shows the container and what runs beside', () => {
    const { sh } = box();
    expect(sh('ps').out).toMatch(/^PID {3}USER {5}COMMAND\n {4}1 root {5}sleep 100000\n +\d+ root {5}ps\n$/);
    expect(sh('ps -o pid,comm').out).toMatch(/^PID {3}COMMAND\n {4}1 sleep\n/);
    expect(sh('top -b -n1').out).toContain('  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND\n    1     0 root     S');
    expect(sh('pidof sleep; killall nosuch 2>&1; env kill -0 1; echo $?; env kill 9999').out).toBe(
      '1\nkillall: nosuch: no process killed\n0\n',
    );
  });

  it('which, id, uname, nproc', () => {
    const { sh } = box();
    expect(sh('which ls nosuch; echo $?').out).toBe('/bin/ls\n1\n');
    expect(sh('id; id -u; id -un; id nosuch 2>&1').out).toBe(
      'uid=0(root) gid=0(root) groups=0(root)\n0\nroot\nid: unknown user nosuch\n',
    );
    expect(sh('uname; uname -s -n; uname -m').out).toBe('Linux\nLinux box\nx86_64\n');
    expect(sh('nproc').out).toBe('2\n');
  });

  it('mount, df and free show a container', () => {
    const { sh } = box();
    expect(sh('mount').out).toMatch(/^overlay on \/ type overlay \(rw,relatime,lowerdir=/);
    expect(sh('mount -t devpts').out).toBe(
      'devpts on /dev/pts type devpts (rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666)\n',
    );
    expect(sh('df -h').out).toMatch(/^Filesystem {16}Size {6}Used Available Use% Mounted on\noverlay +\d/);
    expect(sh('df /nosuch').err).toBe("df: /nosuch: can't find mount point\n");
    expect(sh('free').out).toMatch(/^ {14}total {8}used {8}free {6}shared {2}buff\/cache {3}available\nMem: +\d+/);
  });
});
