import { describe, expect, it } from 'vitest';
import type { ConstrainedNode } from '.';
import { constraintHolds, constraintText, failedConstraint, nodeMatches, parseConstraints } from '.';

const node: ConstrainedNode = {
  ID: 'n1',
  Role: 'worker',
  Spec: { Role: 'manager', Availability: 'active', Labels: { zone: 'East', Disk: 'ssd' } },
  Description: {
    Hostname: 'swarm-2',
    Platform: { Architecture: 'x86_64', OS: 'linux' },
    Engine: { Labels: { zone: 'engine-east' } },
  },
  Status: { State: 'ready', Addr: '10.1.2.3' },
};

function matches(...expressions: string[]): boolean {
  return nodeMatches(parseConstraints(expressions), node);
}

describe('reading constraints', () => {
  it('SCHED-30: splits at the first ==, else at the first !=, and trims', () => {
    expect(parseConstraints([' node.id  ==  a '])).toEqual([{ key: 'node.id', operator: '==', value: 'a' }]);
    expect(parseConstraints(['node.id!=a'])).toEqual([{ key: 'node.id', operator: '!=', value: 'a' }]);
    expect(() => parseConstraints(['node.id!=a==b'])).toThrow("key 'node.id!=a' is invalid");
    expect(() => parseConstraints(['node.id==a==b'])).toThrow("value 'a==b' is invalid");
  });

  it('SCHED-30: a key needs two characters and starts with a letter or underscore', () => {
    for (const key of ['ab', '_1', 'Node.Labels.a-b_c']) expect(parseConstraints([`${key}==x`])[0]!.key).toBe(key);
    for (const key of ['a', '', '1a', '-a', 'a b', 'a$']) {
      expect(() => parseConstraints([`${key}==x`])).toThrow(`key '${key}' is invalid`);
    }
  });

  it('SCHED-30: values take the listed characters only', () => {
    const value = 'aZ0:-_ .*()?+[]\\^$|/';
    expect(parseConstraints([`node.id==${value}`])[0]!.value).toBe(value);
    for (const bad of ['a@b', 'a,b', "a'b", 'a"b', 'a&b', '']) {
      expect(() => parseConstraints([`node.id==${bad}`])).toThrow(`value '${bad}' is invalid`);
    }
    expect(() => parseConstraints(['node.id== =x'])).toThrow("value '=x' is invalid");
  });

  it('SCHED-31: without an operator', () => {
    for (const bad of ['node.id', 'node.id=x', 'node.id<x', '']) {
      expect(() => parseConstraints([bad])).toThrow(/^constraint expected one operator from ==, !=$/);
    }
  });
});

describe('matching constraints', () => {
  it('SCHED-32: whole string, ignoring case, no patterns', () => {
    expect(matches('node.hostname==SWARM-2')).toBe(true);
    expect(matches('node.hostname==swarm*')).toBe(false);
    expect(matches('node.hostname==swarm')).toBe(false);
    expect(matches('node.hostname!=swarm*')).toBe(true);
  });

  it('SCHED-32: all must hold; repeated != means none of', () => {
    expect(matches('node.id==n1', 'node.labels.zone==east')).toBe(true);
    expect(matches('node.id==n1', 'node.labels.zone==west')).toBe(false);
    expect(matches('node.id!=n2', 'node.id!=n3')).toBe(true);
    expect(matches('node.id!=n2', 'node.id!=n1')).toBe(false);
    expect(matches()).toBe(true);
  });

  it('SCHED-33: the actual role counts, the architecture is raw, label names mind case, keys do not', () => {
    expect(matches('node.role==worker')).toBe(true);
    expect(matches('node.role==manager')).toBe(false);
    expect(matches('NODE.Platform.ARCH==x86_64')).toBe(true);
    expect(matches('node.platform.arch==amd64')).toBe(false);
    expect(matches('node.platform.os==linux')).toBe(true);
    expect(matches('Node.Labels.zone==east')).toBe(true);
    expect(matches('node.labels.Zone==east')).toBe(false);
    expect(matches('node.labels.Disk==SSD')).toBe(true);
  });

  it('SCHED-33: what is missing is the empty string', () => {
    expect(matches('node.labels.none!=x')).toBe(true);
    expect(matches('node.labels.none==x')).toBe(false);
    expect(matches('node.labels.constructor!=x')).toBe(true);
    const bare = { ...node, Description: {} };
    expect(nodeMatches(parseConstraints(['node.hostname!=x', 'node.platform.os!=x']), bare)).toBe(true);
  });

  it('SCHED-34: an unknown key matches with neither operator', () => {
    for (const key of ['node.name', 'node.labels.', 'engine.version', 'labels.zone']) {
      expect(matches(`${key}==x`)).toBe(false);
      expect(matches(`${key}!=x`)).toBe(false);
    }
  });

  it('SCHED-35: node.ip takes an address or a subnet', () => {
    expect(matches('node.ip==10.1.2.3')).toBe(true);
    expect(matches('node.ip==::ffff:10.1.2.3')).toBe(true);
    expect(matches('node.ip!=10.1.2.3')).toBe(false);
    expect(matches('node.ip==10.1.0.0/16')).toBe(true);
    expect(matches('node.ip==10.1.2.99/24')).toBe(true);
    expect(matches('node.ip==10.2.0.0/16')).toBe(false);
    expect(matches('node.ip!=10.2.0.0/16')).toBe(true);
    for (const odd of ['10.1.2', 'x', '10.1.0.0/33', '10.1.0.0/x']) {
      expect(matches(`node.ip==${odd}`)).toBe(false);
      expect(matches(`node.ip!=${odd}`)).toBe(false);
    }
    const six = { ...node, Status: { State: 'ready', Addr: 'fd00::0:1' } } as const;
    expect(nodeMatches(parseConstraints(['node.ip==fd00::1', 'node.ip==fd00::/8', 'node.ip!=10.0.0.0/8']), six)).toBe(
      true,
    );
  });

  it('SCHED-35: a node without an address differs from every address', () => {
    const nowhere = { ...node, Status: { State: 'ready' } } as const;
    expect(constraintHolds({ key: 'node.ip', operator: '==', value: '10.1.2.3' }, nowhere)).toBe(false);
    expect(constraintHolds({ key: 'node.ip', operator: '!=', value: '10.1.2.3' }, nowhere)).toBe(true);
    expect(constraintHolds({ key: 'node.ip', operator: '!=', value: '10.0.0.0/8' }, nowhere)).toBe(true);
  });

  it('SCHED-36: node labels and engine labels do not substitute for each other', () => {
    expect(matches('engine.labels.zone==engine-east')).toBe(true);
    expect(matches('engine.labels.zone==east')).toBe(false);
    expect(matches('engine.labels.Disk==ssd')).toBe(false);
  });

  it('tells which constraint failed, and with which value', () => {
    const failed = failedConstraint(parseConstraints(['node.id==n1', 'node.labels.zone == west']), node)!;
    expect(constraintText(failed.constraint)).toBe('node.labels.zone==west');
    expect(failed.value).toBe('East');
    expect(failedConstraint(parseConstraints(['node.name==x']), node)!.value).toBeUndefined();
    expect(failedConstraint(parseConstraints(['node.id==n1']), node)).toBeUndefined();
  });
});
