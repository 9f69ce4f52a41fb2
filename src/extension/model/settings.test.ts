import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkConstraints,
  checkGateway,
  checkImage,
  checkMemory,
  checkNetworkName,
  checkServiceName,
  checkSubnet,
  overlaps,
} from './checks';
import { parsePorts } from './ports';
import { allSettings, applyForm } from './settings';
import { emptyService, networkRequest, scaled, withMode } from './spec';
import { formatBytes, formatDuration, joinWords, parseBytes, parseCpus, parseDuration, splitWords } from './units';

describe('units', () => {
  it.each([
    ['5s', 5e9],
    ['1m30s', 90e9],
    ['100ms', 1e8],
    ['1.5h', 5400e9],
    ['0', 0],
    ['-2s', -2e9],
  ])('reads the duration %s', (text, value) => expect(parseDuration(text)).toEqual({ value }));

  it('refuses durations in Go’s words', () => {
    expect(parseDuration('5')).toEqual({ error: 'time: missing unit in duration "5"' });
    expect(parseDuration('soon')).toEqual({ error: 'time: invalid duration "soon"' });
  });

  it('writes durations that it reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => {
        expect(parseDuration(formatDuration(ms * 1e6))).toEqual({ value: ms * 1e6 });
      }),
    );
  });

  it('TALK-14: reads memory as Docker does', () => {
    expect(parseBytes('100m')).toEqual({ value: 104857600 });
    expect(parseBytes('1.5GiB')).toEqual({ value: 1610612736 });
    expect(parseBytes('lots')).toEqual({ error: "invalid size: 'lots'" });
    expect(formatBytes(104857600)).toBe('100MiB');
  });

  it('reads CPUs', () => {
    expect(parseCpus('0.5')).toEqual({ value: 5e8 });
    expect(parseCpus('x')).toEqual({ error: 'failed to parse x as a rational number' });
  });

  it('words survive being joined and split', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitWords(joinWords(words))).toEqual({ value: words });
      }),
    );
  });
});

describe('ports', () => {
  it('TALK-10: reads what --publish takes', () => {
    expect(parsePorts('80:80/tcp')).toEqual({
      value: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 80, PublishMode: 'ingress' }],
    });
    expect(parsePorts('80:80, 443:443 8080:8080')).toMatchObject({ value: [{}, {}, {}] });
    expect(parsePorts('8000-8001:80-81/udp@host')).toEqual({
      value: [
        { Protocol: 'udp', TargetPort: 80, PublishedPort: 8000, PublishMode: 'host' },
        { Protocol: 'udp', TargetPort: 81, PublishedPort: 8001, PublishMode: 'host' },
      ],
    });
  });

  it.each([
    ['x:80', 'invalid hostPort: x'],
    ['80:x', 'invalid containerPort: x'],
    ['80:80/icmp', 'invalid proto: icmp'],
    ['80:80,80:81', 'EndpointSpec: duplicate published ports provided'],
    ['1-2:80', 'invalid ranges specified for container and host Ports: 80 and 1-2'],
  ])('refuses %s', (text, error) => expect(parsePorts(text)).toEqual({ error }));
});

describe('checks that the engine would make', () => {
  it('API-26: names of services', () => {
    const check = checkServiceName(['web']);
    expect(check('a_b-c')).toBeUndefined();
    expect(check('')).toBeUndefined();
    expect(check('a.b')).toBe('name must be valid as a DNS name component');
    expect(check('a'.repeat(64))).toBe('name must be 63 characters or fewer');
    expect(check('WEB')).toBe('name conflicts with an existing object: service WEB already exists');
    expect(checkNetworkName(['x'])('x')).toBe('network with name x already exists');
  });

  it('API-25: images', () => {
    for (const good of ['nginx', 'vfarcic/go-demo:1.1', 'localhost:5000/a/b', 'alpine@sha256:'.padEnd(78, 'a')]) {
      expect(checkImage(good)).toBeUndefined();
    }
    expect(checkImage('Nginx')).toBe('ContainerSpec: "Nginx" is not a valid repository/tag');
    expect(checkImage('')).toBe('ContainerSpec: image reference must be provided');
  });

  it('TALK-9: a subnet needs its prefix length', () => {
    expect(checkSubnet('10.0.3.0')).toBe('Invalid subnet 10.0.3.0 : invalid CIDR address: 10.0.3.0');
    expect(checkSubnet('10.0.3.0/24')).toBeUndefined();
    expect(checkSubnet('10.0.300.0/24')).toContain('invalid CIDR address');
    expect(checkGateway('10.0.3.0/24')('10.0.4.1')).toBe('no matching subnet for gateway 10.0.4.1');
    expect(checkGateway('10.0.3.0/24')('10.0.3.254')).toBeUndefined();
    expect(overlaps('10.0.0.0/16', '10.0.3.0/24')).toBe(true);
    expect(overlaps('10.0.2.0/24', '10.0.3.0/24')).toBe(false);
  });

  it('SCHED-31: constraints', () => {
    expect(checkConstraints('node.role==worker, node.labels.a != b')).toBeUndefined();
    expect(checkConstraints('node.role=worker')).toBe('constraint expected one operator from ==, !=');
    expect(checkConstraints('x==1')).toBe("key 'x' is invalid");
    expect(checkConstraints('node.id==a@b')).toBe("value 'a@b' is invalid");
  });

  it('SCHED-60: memory has a minimum', () => {
    expect(checkMemory('1m')).toBe('invalid memory value 1048576: Must be at least 4MiB');
  });
});

describe('settings', () => {
  it('TALK-14: the fields of go-demo make its spec', () => {
    const spec = applyForm(emptyService('go-demo'), {
      image: 'vfarcic/go-demo',
      env: ['DB=go-demo-db'],
      reserveMemory: '50m',
    });
    expect(spec.TaskTemplate).toEqual({
      ContainerSpec: { Image: 'vfarcic/go-demo:latest', Env: ['DB=go-demo-db'] },
      ForceUpdate: 0,
      Resources: { Reservations: { MemoryBytes: 52428800 } },
    });
  });

  it('TALK-18: a delay comes with the parallelism of one that is usual', () => {
    expect(applyForm(emptyService(), { updateDelay: '5s' }).UpdateConfig).toEqual({ Parallelism: 1, Delay: 5e9 });
  });

  it('ALLOC-32: refuses ingress ports together with dnsrr', () => {
    expect(() => applyForm(emptyService(), { endpointMode: 'dnsrr', publish: '80:80' })).toThrow(
      "EndpointSpec: port published with ingress mode can't be used with dnsrr mode",
    );
  });

  it('every setting reads what it wrote, and writes what it reads', () => {
    const samples: Record<string, string> = {
      image: 'nginx:1.25',
      replicas: '4',
      endpointMode: 'dnsrr',
      publish: '80:80/tcp@host',
      env: 'A=1 "B=x y"',
      command: '/bin/sh -c',
      args: 'sleep 1000000000',
      constraints: 'node.role==worker',
      maxReplicas: '2',
      reserveMemory: '100MiB',
      reserveCpu: '0.5',
      limitMemory: '1GiB',
      limitCpu: '1',
      updateParallelism: '0',
      updateDelay: '5s',
      updateOrder: 'start-first',
      updateFailureAction: 'rollback',
      updateMonitor: '1m30s',
      restartCondition: 'none',
      restartDelay: '10s',
      labels: 'team=web',
      hostname: '{{.Node.Hostname}}',
    };
    for (const setting of allSettings) {
      const sample = samples[setting.key] ?? '';
      const spec = setting.write(sample, emptyService('x'));
      expect([setting.key, setting.check(sample, emptyService('x'))]).toEqual([setting.key, undefined]);
      expect([setting.key, setting.read(spec)]).toEqual([setting.key, sample]);
      expect(setting.write(setting.read(spec), spec)).toEqual(spec);
    }
  });

  it('refuses to scale a global service in the command line’s words', () => {
    expect(() => scaled(withMode(emptyService('g'), 'global'), 2)).toThrow(
      'g: scale can only be used with replicated or replicated-job mode',
    );
  });

  it('TALK-9: an encrypted network with a subnet', () => {
    expect(networkRequest({ name: 'collabnet', subnet: '10.0.3.0/24', encrypted: true })).toMatchObject({
      Name: 'collabnet',
      Driver: 'overlay',
      IPAM: { Config: [{ Subnet: '10.0.3.0/24' }] },
      Options: { encrypted: '' },
    });
  });
});
