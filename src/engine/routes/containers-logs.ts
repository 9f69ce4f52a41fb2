import type { Container, LogLine } from '../../daemon';
import { DaemonError } from '../../daemon';
import type { Micros } from '../../sim';
import { parseTimestamp, second, timestamp } from '../../sim';
import type { EngineResponse, Route, StreamSink } from '../http';
import { isTrue } from '../router/filters';
import type { ContainerContext, ContainerEngine } from './containers-context';
import { frame, inputOf, logHeaders, rawAnswer } from './containers-context';

/** A moment of a query: Unix seconds with a fraction, RFC 3339, or empty. Throws 400. */
export function moment(text: string | null): Micros | undefined {
  if (!text || text === '0') return undefined;
  const match = /^(-?\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (match) return Number(match[1]) * second + Number((match[2] ?? '').padEnd(6, '0').slice(0, 6));
  const parsed = parseTimestamp(text);
  if (Number.isNaN(parsed))
    throw new DaemonError(
      'invalid',
      `invalid value for "since" or "until": failed to parse value as time or duration: "${text}"`,
    );
  return parsed;
}

/** A line as the client gets it: a frame, or raw text for a terminal (API-61). */
function write(sink: StreamSink, line: LogLine, tty: boolean, timestamps: boolean, details: string): void {
  const text = `${timestamps ? `${timestamp(line.time)} ` : ''}${details}${line.text}${line.partial ? '' : '\n'}`;
  if (tty) sink.write(text);
  else sink.write(frame(line.stream === 'stdout' ? 1 : 2, text));
}

const logs: Route<ContainerEngine> = {
  method: 'GET',
  path: '/containers/{id}/logs',
  writes: false,
  handle: ({ engine: { daemon }, params, query, apiVersion }) => {
    const stdout = isTrue(query.get('stdout'));
    const stderr = isTrue(query.get('stderr'));
    if (!stdout && !stderr) throw new DaemonError('invalid', 'Bad parameters: you must choose at least one stream');
    const container = daemon.containers.get(params.id ?? '');
    const since = moment(query.get('since'));
    const until = moment(query.get('until'));
    const wanted = query.get('tail');
    const tail = wanted !== null && /^\d+$/.test(wanted) ? Number(wanted) : undefined;
    const timestamps = isTrue(query.get('timestamps'));
    const tty = container.config.Tty ?? false;
    const driver = (container.hostConfig.LogConfig as { readonly Type?: string } | undefined)?.Type;
    if (driver === 'none')
      throw new DaemonError('not implemented', 'configured logging driver does not support reading');
    const logQuery = {
      stdout,
      stderr,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(tail === undefined ? {} : { tail }),
    };
    const stream = (sink: StreamSink) => {
      const print = (lines: readonly LogLine[]) => {
        for (const line of lines) write(sink, line, tty, timestamps, isTrue(query.get('details')) ? ' ' : '');
      };
      if (!isTrue(query.get('follow')) || !container.isUp) {
        print(daemon.containerLogs(container.id, logQuery).lines);
        sink.end();
        return;
      }
      const { lines, stop } = daemon.containerLogs(container.id, logQuery, { lines: print, ended: () => sink.end() });
      print(lines);
      sink.onClose(stop);
    };
    return { status: 200, headers: logHeaders(daemon.profile, tty, apiVersion), stream };
  },
};

/** Output from now on, with `logs=1` also what was before, and input to a container that takes it (API-62). */
function attach(context: ContainerContext): EngineResponse {
  const { engine, params, query, request } = context;
  const { daemon } = engine;
  const container: Container = daemon.containers.get(params.id ?? '');
  if (container.status === 'restarting')
    throw new DaemonError('conflict', `container ${container.id} is restarting, wait until the container is running`);
  if (container.status === 'paused')
    throw new DaemonError('conflict', `container ${container.id} is paused, unpause the container before attach`);
  const tty = container.config.Tty ?? false;
  const stdout = isTrue(query.get('stdout'));
  const stderr = isTrue(query.get('stderr'));
  daemon.events.emit('container', 'attach', container.id, container.attributes);
  if (isTrue(query.get('stdin')) && container.config.OpenStdin) {
    const input = inputOf(request, true);
    const once = (container.config.StdinOnce ?? false) && !tty;
    if (!container.isUp) daemon.stdin.expect(container.id);
    const pump = (): void => {
      const text = input.take();
      if (text !== '') {
        daemon.stdin.write(container.id, text);
      }
      if (!input.ended) input.onMore(pump);
      else if (once) daemon.stdin.end(container.id);
    };
    pump();
  }
  return {
    ...rawAnswer(context, tty),
    stream: (sink) => {
      const print = (lines: readonly LogLine[]) => {
        for (const line of lines) if (line.stream === 'stdout' ? stdout : stderr) write(sink, line, tty, false, '');
      };
      if (isTrue(query.get('logs'))) print(container.logs.read({ stdout, stderr }));
      if (!isTrue(query.get('stream'))) {
        sink.end();
        return;
      }
      const stopLines = container.logs.follow(print);
      const stopExit = container.onceExited(() => sink.end());
      sink.onClose(() => {
        stopLines();
        stopExit();
      });
    },
  };
}

export const logRoutes: readonly Route<ContainerEngine>[] = [
  logs,
  { method: 'POST', path: '/containers/{id}/attach', writes: true, handle: attach },
];
