import type { Container, Daemon, LogLine } from '../../daemon';
import type { Micros } from '../../sim';
import { timestamp } from '../../sim';
import type { StoredTask } from '../../swarm/objects';
import type { RouteContext, StreamSink } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { isTrue } from '../router/filters';
import type { Swarm } from '../swarm';
import type { NodeRoute } from './answers';
import { reads } from './answers';
import { frame, logHeaders } from './containers-context';
import { moment } from './containers-logs';
import { lookup } from './lookup';

/** Logs of a service's or task's containers, put together from the nodes (API-32). */
export const serviceLogRoutes: readonly NodeRoute[] = [
  reads('GET', '/services/{id}/logs', (context) => {
    chosenStreams(context.query);
    const swarm = context.engine.manager();
    const service = lookup(swarm.store, 'service', context.params.id!);
    const tty = service.Spec.TaskTemplate.ContainerSpec?.TTY ?? false;
    return logs(
      context,
      swarm,
      tty,
      (task) => task.ServiceID === service.ID,
      () => [...swarm.store.tasksOfService(service.ID).values()],
    );
  }),
  reads('GET', '/tasks/{id}/logs', (context) => {
    chosenStreams(context.query);
    const swarm = context.engine.manager();
    const task = lookup(swarm.store, 'task', context.params.id!);
    const tty = task.Spec.ContainerSpec?.TTY ?? false;
    return logs(
      context,
      swarm,
      tty,
      ({ ID }) => ID === task.ID,
      () => [task],
    );
  }),
];

/** At least one stream must be asked for; that is said before anything is looked up (API-32). */
function chosenStreams(query: URLSearchParams): { readonly stdout: boolean; readonly stderr: boolean } {
  const stdout = isTrue(query.get('stdout'));
  const stderr = isTrue(query.get('stderr'));
  if (!stdout && !stderr) throw new EngineError(500, 'Bad parameters: you must choose at least one stream');
  return { stdout, stderr };
}

/** Unix seconds with a fraction: the swarm's logs take nothing else. */
function sinceOf(text: string | null): Micros | undefined {
  if (text && !/^-?\d+(?:\.\d+)?$/.test(text)) {
    const [whole = ''] = text.split('.');
    throw new EngineError(500, `could not parse since timestamp: strconv.ParseInt: parsing "${whole}": invalid syntax`);
  }
  return moment(text);
}

/** How many lines; undefined for all. */
function tailOf(text: string | null): number | undefined {
  if (text === null || text === '' || text === 'all') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw new EngineError(500, 'tail value must be a positive integer or "all"');
  if (Number(text) < 0) throw new EngineError(500, 'negative tail values not supported');
  return Number(text);
}

interface Source {
  readonly task: StoredTask;
  readonly daemon: Daemon;
  readonly container: Container;
}

function logs(
  { engine, query, apiVersion }: RouteContext<NodeEngine>,
  swarm: Swarm,
  tty: boolean,
  belongs: (task: StoredTask) => boolean,
  tasks: () => readonly StoredTask[],
) {
  const { stdout, stderr } = chosenStreams(query);
  const since = sinceOf(query.get('since'));
  const tail = tailOf(query.get('tail'));
  const options = {
    timestamps: isTrue(query.get('timestamps')),
    details: isTrue(query.get('details')),
    tty,
  };
  const wanted = { stdout, stderr, ...(since === undefined ? {} : { since }), ...(tail === undefined ? {} : { tail }) };
  const stream = (sink: StreamSink) => {
    const stops: (() => void)[] = [];
    const seen = new Set<string>();
    const begin = (task: StoredTask, follow: boolean): void => {
      const source = sourceOf(engine, swarm, task);
      if (!source || seen.has(source.container.id)) return;
      seen.add(source.container.id);
      const print = (lines: readonly LogLine[]) => {
        for (const line of lines) write(sink, source, line, options);
      };
      const { lines, stop } = source.daemon.containerLogs(
        source.container.id,
        wanted,
        follow ? { lines: print, ended: () => {} } : undefined,
      );
      print(lines);
      stops.push(stop);
    };
    const follow = isTrue(query.get('follow'));
    for (const task of tasks()) begin(task, follow);
    if (!follow) {
      sink.end();
      return;
    }
    // Tasks that come later are followed from when their container is there.
    const watch = swarm.store.watch(['task'], (changes) => {
      for (const { kind, action, object } of changes) {
        if (kind === 'task' && action !== 'remove' && object.Status.ContainerStatus && belongs(object))
          begin(object, true);
      }
    });
    sink.onClose(() => {
      watch.stop();
      for (const stop of stops) stop();
    });
  };
  return { status: 200, headers: logHeaders(engine.profile, tty, apiVersion), stream };
}

/** The container of a task, if its node is on. */
function sourceOf(engine: NodeEngine, swarm: Swarm, task: StoredTask): Source | undefined {
  const id = task.Status.ContainerStatus?.ContainerID;
  const node = engine.cluster.engines.find(
    ({ membership }) => membership?.swarm === swarm && membership.nodeID === task.NodeID,
  );
  if (!id || !node || node.power === 'off') return undefined;
  const container = node.daemon.containers.find(id);
  return container && { task, daemon: node.daemon, container };
}

function write(
  sink: StreamSink,
  { task }: Source,
  line: LogLine,
  { timestamps, details, tty }: { readonly timestamps: boolean; readonly details: boolean; readonly tty: boolean },
): void {
  const time = timestamps ? `${timestamp(line.time)} ` : '';
  const origin = details
    ? `com.docker.swarm.node.id=${task.NodeID},com.docker.swarm.service.id=${task.ServiceID},com.docker.swarm.task.id=${task.ID} `
    : '';
  const text = `${time}${origin}${line.text}\n`;
  sink.write(tty ? text : frame(line.stream === 'stdout' ? 1 : 2, text));
}
