import type { Micros } from '../../sim';
import type { EngineRequest } from '../http';
import { fromBase64, toBase64 } from './base64';
import type { RequestEntry } from './format';

/** Headers that change what a request does; the others are not kept. */
const kept = ['content-type', 'transfer-encoding', 'upgrade', 'connection', 'x-registry-auth'];

/** A request as the journal keeps it. */
export function toEntry(t: Micros, node: string, request: EngineRequest): RequestEntry {
  const headers: Record<string, string> = {};
  for (const name of kept) {
    const value = request.headers?.[name];
    if (value !== undefined) headers[name] = value;
  }
  return {
    t,
    node,
    method: request.method,
    path: request.path,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...bodyOf(request.body),
  };
}

function bodyOf(body: unknown): Pick<RequestEntry, 'body' | 'text' | 'bytes'> {
  if (body === undefined || body === null || body === '') return {};
  if (typeof body === 'string') return { text: body };
  if (!(body instanceof Uint8Array)) return { body };
  if (body.length === 0) return {};
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body) };
  } catch {
    return { bytes: toBase64(body) };
  }
}

/** The request that an entry was made of; `extra` gives its line for later input. */
export function toRequest(entry: RequestEntry, extra: Pick<EngineRequest, 'signal' | 'input'> = {}): EngineRequest {
  const body = entry.bytes !== undefined ? fromBase64(entry.bytes) : (entry.text ?? entry.body);
  return { method: entry.method, path: entry.path, headers: entry.headers ?? {}, body, ...extra };
}
