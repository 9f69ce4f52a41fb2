import { describe, expect, it } from 'vitest';
import { second } from '../../sim';
import { exec, run, testNode } from '../testing/node';

/** A container of alpine with curl, and a server `who` beside it on port 8000. */
function box() {
  const { daemon, sim } = testNode();
  run(daemon, 'jwilder/whoami', [], { Hostname: 'me' }, {}, 'who');
  const container = run(daemon, 'alpine', ['sleep', '100000'], { Hostname: 'box' }, {}, 'box');
  sim.runFor(2 * second);
  container.extraTools = new Set(['curl', 'host', 'dig', 'redis-cli', 'mongosh', 'mongo']);
  const sh = (line: string) => exec(daemon, container, ['sh', '-c', line]);
  return { daemon, sim, container, sh };
}

/** What it takes until a command begins. */
const startOfExec = 10_000;
const who = '172.17.0.2';

describe('ping', () => {
  it('prints what BusyBox prints, also quietly', () => {
    const { sh } = box();
    expect(sh('ping -c2 who').out).toMatch(
      /^PING who \(172\.17\.0\.2\): 56 data bytes\n64 bytes from 172\.17\.0\.2: seq=0 ttl=64 time=0\.\d{3} ms\n64 bytes from 172\.17\.0\.2: seq=1 ttl=64 time=0\.\d{3} ms\n\n--- who ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\nround-trip min\/avg\/max = 0\.\d{3}\/0\.\d{3}\/0\.\d{3} ms\n$/,
    );
    expect(sh('ping -c1 -q who').out).toMatch(/data bytes\n\n--- who ping statistics ---\n1 packets/);
    expect(sh('ping -c1 nosuch')).toMatchObject({ code: 1, err: "ping: bad address 'nosuch'\n" });
  });

  it('counts losses, and waits as long as it is told', () => {
    const { sh, sim } = box();
    let begun = sim.now;
    expect(sh('ping -c1 -W1 172.17.0.77')).toMatchObject({
      code: 1,
      out: 'PING 172.17.0.77 (172.17.0.77): 56 data bytes\n\n--- 172.17.0.77 ping statistics ---\n1 packets transmitted, 0 packets received, 100% packet loss\n',
    });
    expect(sim.now - begun).toBe(second + startOfExec);
    begun = sim.now;
    expect(sh('ping -w 3 172.17.0.77').out).toContain('3 packets transmitted, 0 packets received');
    expect(sim.now - begun).toBe(3 * second + startOfExec);
  });
});

describe('curl', () => {
  it.each([
    ['curl -s who:8000', "I'm me\n", 0],
    ['curl -s -o /dev/null -w "%{http_code} %{remote_ip} %{time_total}\\n" who:8000', `200 ${who} 0.001000\n`, 0],
    ['curl -s -o /tmp/f who:8000; cat /tmp/f', "I'm me\n", 0],
    ['curl -s --resolve web:80:172.17.0.2 -o /dev/null -w "%{http_code}" http://web; echo " $?"', '000 7\n', 0],
    ['curl -s http://; echo $?', '3\n', 0],
    ['curl -sS nosuch 2>&1', 'curl: (6) Could not resolve host: nosuch\n', 6],
    ['curl who:9 2>&1', 'curl: (7) Failed to connect to who port 9 after 0 ms: Could not connect to server\n', 7],
    ['curl -sS -m 2 172.17.0.77 2>&1', 'curl: (28) Connection timed out after 2000 milliseconds\n', 28],
    ['curl -sS --nosuch who 2>&1 | head -1', 'curl: option --nosuch: is unknown\n', 0],
  ])('%s', (line, out, code) => {
    expect(box().sh(line)).toMatchObject({ out, code });
  });

  it('shows the head of an answer with -i and -I, and the whole talk with -v', () => {
    const { sh } = box();
    expect(sh('curl -si who:8000').out).toMatch(
      /^HTTP\/1\.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:0\d GMT\r\n.*\r\n\r\nI'm me\n$/s,
    );
    expect(sh('curl -sI who:8000').out).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
    expect(sh('curl -sv -o /dev/null who:8000').err).toMatch(
      /\* {3}Trying 172\.17\.0\.2:8000\.\.\.\n.*> GET \/ HTTP\/1\.1\n> Host: who:8000\n.*< HTTP\/1\.1 200 OK\n/s,
    );
  });

  it('tries again as often as it is told', () => {
    const { sh, sim } = box();
    const begun = sim.now;
    expect(sh('curl -s --retry 2 --retry-connrefused who:9').code).toBe(7);
    expect(sim.now - begun).toBe(3 * second + startOfExec);
  });
});

describe('wget', () => {
  it.each([
    ['wget -qO- who:8000', "I'm me\n", 0],
    [
      'wget -O- who:8000 2>&1',
      `Connecting to who:8000 (${who}:8000)\nwriting to stdout\nI'm me\n-                    100% |********************************|     7  0:00:00 ETA\nwritten to stdout\n`,
      0,
    ],
    [
      'cd /tmp; wget http://who:8000/ 2>&1; cat index.html',
      `Connecting to who:8000 (${who}:8000)\nsaving to 'index.html'\nindex.html           100% |********************************|     7  0:00:00 ETA\n'index.html' saved\nI'm me\n`,
      0,
    ],
    ['wget --spider who:8000 2>&1', `Connecting to who:8000 (${who}:8000)\nremote file exists\n`, 0],
    ['wget -O- nosuch 2>&1', "wget: bad address 'nosuch'\n", 1],
    ['wget -qO- who:9 2>&1', `wget: can't connect to remote host (${who}): Connection refused\n`, 1],
    ['wget -T 1 -qO- 172.17.0.77 2>&1', 'wget: download timed out\n', 1],
  ])('%s', (line, out, code) => {
    expect(box().sh(line)).toMatchObject({ out, code });
  });
});

describe('connections by hand', () => {
  it.each([
    ['nc -zv who 8000 2>&1', `who (${who}:8000) open\n`, 0],
    ['nc -zv who 9 2>&1', `nc: who (${who}:9): Connection refused\n`, 1],
    ['nc -z who 9 2>&1', '', 1],
    ['nc who 9 2>&1', `nc: can't connect to remote host (${who}): Connection refused\n`, 1],
    ['nc -w 1 172.17.0.77 80 2>&1', 'nc: timed out\n', 1],
    ['nc -z nosuch 80 2>&1', "nc: bad address 'nosuch'\n", 1],
    ['telnet who 9 2>&1', `telnet: can't connect to remote host (${who}): Connection refused\n`, 1],
    ['telnet who 8000 < /dev/null', 'Connected to who\n', 0],
    ['redis-cli ping 2>&1', 'Could not connect to Redis at 127.0.0.1:6379: Connection refused\n', 1],
  ])('%s', (line, out, code) => {
    expect(box().sh(line)).toMatchObject({ out, code });
  });

  it('a server answers a request that was typed', () => {
    const { sh } = box();
    expect(sh('printf "GET / HTTP/1.0\\r\\n\\r\\n" | nc who 8000').out).toMatch(
      /^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n\r\nI'm me\n$/s,
    );
    expect(sh('printf "nonsense\\r\\n" | nc who 8000').out).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it('redis answers to ping', () => {
    const { daemon, sim } = testNode();
    const redis = run(daemon, 'redis', [], {}, {}, 'redis');
    sim.runFor(5 * second);
    expect(exec(daemon, redis, ['redis-cli', 'ping']).out).toBe('PONG\n');
    expect(exec(daemon, redis, ['redis-cli', '-h', 'redis', 'ping']).out).toBe('PONG\n');
  });

  it('traceroute finds the one hop of a network', () => {
    const { sh } = box();
    expect(sh('traceroute -n who').out).toMatch(
      /^traceroute to who \(172\.17\.0\.2\), 30 hops max, 46 byte packets\n 1 {2}172\.17\.0\.2 {2}0\.\d{3} ms {2}0\.\d{3} ms {2}0\.\d{3} ms\n$/,
    );
    expect(sh('traceroute -m 2 -w 1 172.17.0.77').out).toContain(' 1  * * *\n 2  * * *\n');
  });
});

describe('interfaces and routes', () => {
  it('are shown in the forms of BusyBox', () => {
    const { sh } = box();
    expect(sh('ip -o -4 addr').out).toMatch(
      /^1: lo {4}inet 127\.0\.0\.1\/8 scope host lo\\ {7}valid_lft forever preferred_lft forever\n\d+: eth0 {4}inet 172\.17\.0\.3\/16 brd 172\.17\.255\.255 scope global eth0\\/,
    );
    expect(sh('ip link show lo').out).toMatch(
      /^1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536.*\n {4}link\/loopback 00:00:00:00:00:00/,
    );
    expect(sh('ip addr show dev nosuch')).toMatchObject({ code: 1, err: "ip: can't find device 'nosuch'\n" });
    expect(sh('ip route get 172.17.0.2').out).toBe('172.17.0.2 dev eth0  src 172.17.0.3 \n');
    expect(sh('route -n').out).toContain(
      '172.17.0.0      0.0.0.0         255.255.0.0     U     0      0        0 eth0\n',
    );
    expect(sh('ifconfig eth0').out).toMatch(
      /^eth0 {6}Link encap:Ethernet {2}HWaddr [0-9A-F:]{17} {2}\n {10}inet addr:172\.17\.0\.3 {2}Bcast:172\.17\.255\.255 {2}Mask:255\.255\.0\.0\n/,
    );
    expect(sh('ifconfig nosuch').err).toBe(
      'ifconfig: nosuch: error fetching interface information: Device not found\n',
    );
  });
});

describe('names', () => {
  it('getent answers with its own exit codes', () => {
    const { sh } = box();
    expect(sh('getent hosts who').out).toBe('172.17.0.2      who\n');
    expect(sh('getent hosts nosuch').code).toBe(2);
    expect(sh('getent ahosts who').out).toBe(
      '172.17.0.2      STREAM who\n172.17.0.2      DGRAM  \n172.17.0.2      RAW    \n',
    );
    expect(sh('getent passwd root').out).toMatch(/^root:x:0:0:/);
    expect(sh('host who').out).toBe('who has address 172.17.0.2\n');
    expect(sh('host nosuch')).toMatchObject({ code: 1, out: 'Host nosuch not found: 3(NXDOMAIN)\n' });
  });
});

describe('packages', () => {
  it('TALK-15: apk tells what it installs, with what that needs', () => {
    const { sh } = box();
    expect(sh('drill who').err).toBe('sh: drill: not found\n');
    expect(sh('apk add --update drill').out).toBe(
      'fetch alpine/v3.21/main/x86_64/APKINDEX.tar.gz\nfetch alpine/v3.21/community/x86_64/APKINDEX.tar.gz\n' +
        '(1/2) Installing ldns (1.8.4-r0)\n(2/2) Installing drill (1.8.4-r0)\nExecuting busybox-1.37.0-r12.trigger\nOK: 9 MiB in 17 packages\n',
    );
    expect(sh('drill who').code).toBe(0);
    expect(sh('apk add drill').out).toBe('OK: 9 MiB in 17 packages\n');
    expect(sh('apk add nosuch')).toMatchObject({
      code: 1,
      err: 'ERROR: unable to select packages:\n  nosuch (no such package):\n    required by: world[nosuch]\n',
    });
    expect(sh('apk add curl').out).toContain('(10/10) Installing curl (8.12.1-r1)\n');
  });

  it('TALK-15: apt-get finds packages once it was updated', () => {
    const { daemon, sim } = testNode();
    const web = run(daemon, 'nginx', [], {}, {}, 'web');
    sim.runFor(second);
    const sh = (line: string) => exec(daemon, web, ['sh', '-c', line]);
    expect(sh('dig web').code).toBe(127);
    expect(sh('apt-get install -y dnsutils')).toMatchObject({
      code: 100,
      err: 'E: Unable to locate package dnsutils\n',
    });
    expect(sh('apt-get update && apt-get install -y dnsutils').out).toContain(
      'Setting up dnsutils (1:9.18.33-1~deb12u2) ...\n',
    );
    expect(sh('dig +short web').code).toBe(0);
  });
});
