import { describe, expect, it } from 'vitest';
import { second } from '../../sim';
import { actions, exec, run, testNode } from '../testing/node';
import { statusText } from './views';

const check = (Test: readonly string[], more: object = {}) => ({
  Healthcheck: { Test, Interval: 1e9, Retries: 2, ...more },
});

describe('health checks', () => {
  it('ORCH-119: starting until the first probe after one interval, then healthy', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'nginx', [], check(['CMD-SHELL', 'curl -f http://localhost/ || exit 1']));
    sim.runFor(0.9 * second);
    expect(statusText(container, sim.now)).toBe('Up Less than a second (health: starting)');
    sim.runFor(0.3 * second);
    expect(statusText(container, sim.now)).toBe('Up 1 second (healthy)');
    expect(actions(daemon)).toContain('health_status: healthy');
  });

  it('ORCH-119: unhealthy after the given number of failures in a row, and healthy again', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'alpine', ['sleep', '1000'], check(['CMD', 'test', '-f', '/tmp/ok']));
    sim.runFor(1.5 * second);
    expect(container.health?.status).toBe('starting');
    sim.runFor(second);
    expect(container.health?.status).toBe('unhealthy');
    exec(daemon, container, ['touch', '/tmp/ok']);
    sim.runFor(1.5 * second);
    expect(container.health?.status).toBe('healthy');
    exec(daemon, container, ['rm', '/tmp/ok']);
    sim.runFor(2.5 * second);
    expect(container.health?.status).toBe('unhealthy');
  });

  it('ORCH-119: failures in the start period do not count', () => {
    const { daemon, sim } = testNode();
    const container = run(
      daemon,
      'alpine',
      ['sleep', '1000'],
      check(['CMD-SHELL', 'exit 1'], { StartPeriod: 10e9, StartInterval: 1e9 }),
    );
    sim.runFor(9 * second);
    expect(container.health?.status).toBe('starting');
    sim.runFor(4 * second);
    expect(container.health?.status).toBe('unhealthy');
  });

  it('ORCH-119: a probe that takes longer than its timeout fails', () => {
    const { daemon, sim } = testNode();
    const container = run(
      daemon,
      'alpine',
      ['sleep', '1000'],
      check(['CMD', 'sleep', '60'], { Timeout: 2e9, Retries: 1 }),
    );
    sim.runFor(3.5 * second);
    expect(container.health?.view()).toMatchObject({ Status: 'unhealthy', Log: [{ ExitCode: -1 }] });
  });

  it('ORCH-119: nothing is due while a settled result cannot change, and the log tells the probes all the same', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'nginx', [], check(['CMD-SHELL', 'true']));
    sim.runFor(2 * second);
    const before = sim.executed;
    sim.runFor(1_000 * second);
    expect(sim.executed).toBe(before);
    const log = container.health!.view().Log;
    expect(log).toHaveLength(5);
    expect(log.at(-1)!.Start > '2026-01-01T00:16:40').toBe(true);
  });

  it('ORCH-116: NONE switches the check off; a tool of the image passes', () => {
    const { daemon, sim } = testNode();
    expect(run(daemon, 'nginx', [], check(['NONE'])).health).toBeUndefined();
    const container = run(daemon, 'postgres', [], check(['CMD-SHELL', 'pg_isready -U postgres'], { Retries: 5 }));
    sim.runFor(1.2 * second);
    expect(container.health?.status).toBe('starting');
    sim.runFor(second);
    expect(container.health?.status).toBe('healthy');
  });
});
