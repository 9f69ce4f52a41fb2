import { noInput, Running } from '../programs';
import type { Container } from './container';
import type { ProcessHost } from './container-process';
import { ContainerProcess } from './container-process';
import type { ContainerContext } from './context';
import type { HealthHost, ProbeResult } from './health';
import { HealthMonitor, healthPlan } from './health';
import { programOf } from './main-process';

const nothingToStop = () => {};

/** Begins the health checks of one run of a container, if it has any. `emit` tells an event of the container. */
export function watchHealth(
  container: Container,
  context: ContainerContext,
  host: ProcessHost,
  emit: (container: Container, action: string) => void,
): void {
  const plan = healthPlan(
    container.given.Healthcheck,
    container.image.definition.healthcheck,
    context.profile.healthStartInterval,
  );
  if (!plan) {
    container.health = undefined;
    return;
  }
  const { sim } = context;
  const monitored: HealthHost = {
    get now() {
      return sim.now;
    },
    after: (delay, run) => context.after(delay, run),
    probe: (done) => probe(container, plan.argv, context, host, done),
    changed: (status) => {
      emit(container, `health_status: ${status}`);
      context.healthChanged(container, status);
    },
  };
  container.health = new HealthMonitor({ ...plan, settled: plan.settled && container.mounts.length === 0 }, monitored);
}

/** Runs a probe's command inside; the result ends it. */
function probe(
  container: Container,
  argv: readonly string[],
  context: ContainerContext,
  host: ProcessHost,
  done: (result: ProbeResult) => void,
): () => void {
  if (context.unhealthy.has(container.id)) {
    done({ exitCode: 1, output: 'made to fail' });
    return nothingToStop;
  }
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const process = new ContainerProcess(host, container, argv, noInput, write, write);
  const program = programOf(process);
  if (typeof program !== 'function') {
    done({
      exitCode: program.exitCode === 126 ? 126 : 1,
      output: `OCI runtime exec failed: exec failed: unable to start container process: ${program.error}`,
    });
    return nothingToStop;
  }
  const running = new Running(program, process, (exitCode) => done({ exitCode, output }));
  return () => running.vanish();
}
