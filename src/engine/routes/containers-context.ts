import type { Profile } from '../../api';
import type { Daemon, DaemonError } from '../../daemon';
import { TypedInput } from '../../daemon';
import type { Era } from '../../network';
import type { EngineRequest, EngineResponse, RouteContext } from '../http';

/** What the routes of this folder's container side need of a node's engine. */
export interface ContainerEngine {
  readonly daemon: Daemon;
  readonly era: Era;
}

export type ContainerContext = RouteContext<ContainerEngine>;

export const noContent: EngineResponse = { status: 204, headers: {} };

export function jsonAnswer(json: unknown, status = 200): EngineResponse {
  return { status, headers: { 'content-type': 'application/json' }, json };
}

/** Waits for an action of the daemon in virtual time. 304 has no text. */
export function settled(
  begin: (done: (error?: DaemonError) => void) => void,
  answer: EngineResponse,
): EngineResponse | Promise<EngineResponse> {
  try {
    return new Promise<EngineResponse>((resolve, reject) => {
      begin((error) => (error ? reject(error) : resolve(answer)));
    }).catch(notModified);
  } catch (error) {
    return notModified(error);
  }
}

function notModified(error: unknown): EngineResponse {
  if ((error as { status?: unknown }).status === 304) return { status: 304, headers: {} };
  throw error;
}

/** Whether the version asked for is at least this one. */
export function atLeast([major, minor]: readonly [number, number], wanted: number): boolean {
  return major > 1 || minor >= wanted;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame of the multiplexed stream: stream number, length, payload (API-61). */
export function frame(stream: 1 | 2, text: string): Uint8Array {
  const payload = encoder.encode(text);
  const bytes = new Uint8Array(8 + payload.length);
  bytes[0] = stream;
  new DataView(bytes.buffer).setUint32(4, payload.length);
  bytes.set(payload, 8);
  return bytes;
}

/** Content type of output streams (API-60): named since 1.42. */
export function streamType(tty: boolean, version: readonly [number, number]): string {
  return !tty && atLeast(version, 42)
    ? 'application/vnd.docker.multiplexed-stream'
    : 'application/vnd.docker.raw-stream';
}

/** Header of logs (API-61): before 1.42 engines sent the frames without saying what they are. */
export function logHeaders(profile: Profile, tty: boolean, version: readonly [number, number]): Record<string, string> {
  return profile.name === '20.10' ? {} : { 'content-type': streamType(tty, version) };
}

/** What the client of a hijacked connection types. */
export function inputOf(request: EngineRequest, wanted: boolean): TypedInput {
  const input = new TypedInput();
  if (!wanted || !request.input) input.end();
  else {
    request.input.onData((chunk) => input.write(decoder.decode(chunk, { stream: true })));
    request.input.onEnd(() => input.end());
  }
  return input;
}

/** Headers of a connection that turns raw, as the client asked for it. */
export function rawAnswer(
  context: ContainerContext,
  tty: boolean,
): Pick<EngineResponse, 'status' | 'headers' | 'hijack'> {
  const upgrade = context.request.headers?.upgrade?.toLowerCase() === 'tcp';
  const type = upgrade ? streamType(tty, context.apiVersion) : 'application/vnd.docker.raw-stream';
  return {
    status: upgrade ? 101 : 200,
    headers: { 'content-type': type, ...(upgrade ? { connection: 'Upgrade', upgrade: 'tcp' } : {}) },
    hijack: true,
  };
}
