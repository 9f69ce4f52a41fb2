import type { PathStat } from '../../daemon';
import { changesOf, DaemonError, exportArchive, readArchive, statPath, writeArchive } from '../../daemon';
import { timestamp } from '../../sim';
import type { EngineResponse, Route } from '../http';
import { toBase64 } from '../journal/base64';
import { isTrue } from '../router/filters';
import type { ContainerContext, ContainerEngine } from './containers-context';
import { jsonAnswer } from './containers-context';

const encoder = new TextEncoder();

/** The container and the path that is asked about. The refusal lacks its blank in the engine, too. */
function placeOf({ engine: { daemon }, params, query }: ContainerContext) {
  const reference = params.id ?? '';
  const path = query.get('path') ?? '';
  if (path === '') throw new DaemonError('invalid', 'bad parameter: pathcannot be empty');
  const container = daemon.containers.get(reference);
  return { reference, path, container, files: daemon.containers.filesOf(container) };
}

function statHeader({ name, size, mode, time }: PathStat): Record<string, string> {
  const text = JSON.stringify({ name, size, mode, mtime: timestamp(time), linkTarget: '' });
  return { 'X-Docker-Container-Path-Stat': toBase64(encoder.encode(text)) };
}

function head(context: ContainerContext): EngineResponse {
  const { container, files, path, reference } = placeOf(context);
  return { status: 200, headers: statHeader(statPath(container, files, path, reference)) };
}

function get(context: ContainerContext): EngineResponse {
  const { container, files, path, reference } = placeOf(context);
  const stat = statPath(container, files, path, reference);
  return {
    status: 200,
    headers: { ...statHeader(stat), 'Content-Type': 'application/x-tar' },
    bytes: readArchive(container, files, path, reference),
  };
}

function put(context: ContainerContext): EngineResponse {
  const { container, files, path, reference } = placeOf(context);
  const { body } = context.request;
  const bytes = body instanceof Uint8Array ? body : encoder.encode(typeof body === 'string' ? body : '');
  const keepKinds = isTrue(context.query.get('noOverwriteDirNonDir'));
  writeArchive(container, files, path, bytes, { reference, keepKinds });
  const { daemon } = context.engine;
  daemon.events.emit('container', 'extract-to-dir', container.id, container.attributes);
  return { status: 200, headers: {} };
}

/** Files in and out of a container: `docker cp`, `docker export`, `docker diff`. */
export const archiveRoutes: readonly Route<ContainerEngine>[] = [
  { method: 'HEAD', path: '/containers/{id}/archive', writes: false, handle: head },
  { method: 'GET', path: '/containers/{id}/archive', writes: false, handle: get },
  { method: 'PUT', path: '/containers/{id}/archive', writes: true, handle: put },
  {
    method: 'GET',
    path: '/containers/{id}/export',
    writes: false,
    handle: ({ engine: { daemon }, params }) => {
      const container = daemon.containers.get(params.id ?? '');
      return {
        status: 200,
        headers: { 'Content-Type': 'application/octet-stream' },
        bytes: exportArchive(container, daemon.containers.filesOf(container)),
      };
    },
  },
  {
    method: 'GET',
    path: '/containers/{id}/changes',
    writes: false,
    handle: ({ engine: { daemon }, params }) => {
      const container = daemon.containers.get(params.id ?? '');
      const changes = container.files ? changesOf(container.files) : [];
      return jsonAnswer(changes.length > 0 ? changes : null);
    },
  },
];
