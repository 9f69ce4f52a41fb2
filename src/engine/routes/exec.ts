import type { ExecConfig } from '../../daemon';
import { DaemonError, TypedInput } from '../../daemon';
import type { EngineResponse, Route } from '../http';
import { terminalSize } from './containers';
import type { ContainerContext, ContainerEngine } from './containers-context';
import { frame, inputOf, jsonAnswer, rawAnswer } from './containers-context';

function create({ engine: { daemon }, params, json }: ContainerContext): EngineResponse {
  const container = daemon.containers.get(params.id ?? '');
  return jsonAnswer({ Id: daemon.execs.create(container, json<ExecConfig>('exec'), params.id).id }, 201);
}

function start(context: ContainerContext): EngineResponse {
  const { engine, params, request } = context;
  const { daemon } = engine;
  const { Detach = false } = context.json<{ Detach?: boolean; Tty?: boolean } | undefined>('exec start') ?? {};
  const exec = daemon.execs.get(params.id ?? '');
  const tty = exec.config.Tty ?? false;
  if (Detach) {
    const input = new TypedInput();
    input.end();
    daemon.execs.start(exec, { input, stdout: () => {}, stderr: () => {}, ended: () => {} });
    return { status: 200, headers: {} };
  }
  const input = inputOf(request, exec.config.AttachStdin ?? false);
  // The program may write before the client's line is there.
  const held: (string | Uint8Array)[] = [];
  let write = (chunk: string | Uint8Array): void => {
    held.push(chunk);
  };
  let ended = false;
  let end = (): void => {
    ended = true;
  };
  daemon.execs.start(exec, {
    input,
    stdout: (text) => write(tty ? text.replace(/\r?\n/g, '\r\n') : frame(1, text)),
    stderr: (text) => write(frame(2, text)),
    ended: () => end(),
  });
  return {
    ...rawAnswer(context, tty),
    stream: (sink) => {
      for (const chunk of held) sink.write(chunk);
      if (ended) {
        sink.end();
        return;
      }
      write = (chunk) => sink.write(chunk);
      end = () => sink.end();
      sink.onClose(() => {
        write = () => {};
        input.end();
      });
    },
  };
}

function inspect({ engine: { daemon }, params }: ContainerContext): EngineResponse {
  const exec = daemon.execs.get(params.id ?? '');
  const [entrypoint = '', ...rest] = exec.config.Cmd ?? [];
  return jsonAnswer({
    ID: exec.id,
    Running: exec.running,
    ExitCode: exec.exitCode ?? null,
    ProcessConfig: {
      tty: exec.config.Tty ?? false,
      entrypoint,
      arguments: rest,
      privileged: exec.config.Privileged ?? false,
    },
    OpenStdin: exec.config.AttachStdin ?? false,
    OpenStderr: exec.config.AttachStderr ?? false,
    OpenStdout: exec.config.AttachStdout ?? false,
    CanRemove: false,
    ContainerID: exec.container.id,
    DetachKeys: '',
    Pid: exec.pid,
  });
}

/** Commands inside running containers (API-60). */
export const execRoutes: Route<ContainerEngine>[] = [
  { method: 'POST', path: '/containers/{id}/exec', writes: true, handle: create },
  { method: 'POST', path: '/exec/{id}/start', writes: true, handle: start },
  {
    method: 'POST',
    path: '/exec/{id}/resize',
    writes: true,
    handle: ({ engine: { daemon }, params, query }) => {
      const size = terminalSize(query);
      const exec = daemon.execs.get(params.id ?? '');
      if (!exec.running) throw new DaemonError('system', 'exec process is not started');
      exec.size = size;
      return { status: 200, headers: {} };
    },
  },
  { method: 'GET', path: '/exec/{id}/json', writes: false, handle: inspect },
];
