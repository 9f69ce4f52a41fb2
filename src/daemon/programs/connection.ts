import type { Micros } from '../../sim';
import { second } from '../../sim';
import { addressesOf } from './dns-client';
import type { HttpOutcome } from './http';
import { httpRequest } from './http';
import { answerHeaders, byteLength, parseRequest, statusLine } from './http-client';
import { moreInput } from './input';
import type { Process } from './process';
import { sleep } from './process';
import type { Run } from './run-command';

/** How long a kernel asks again for a connection that nobody answers. */
export const kernelTimeout: Micros = 134 * second;

/** What came of the attempt to connect. */
export type Connected =
  | { readonly kind: 'open'; readonly address: string }
  | { readonly kind: 'refused' | 'timeout'; readonly address: string }
  | { readonly kind: 'unknown' };

/** Connects to a TCP port, with the waiting that it brings. `limit`: how long it is tried. */
export function* connect(process: Process, host: string, port: number, limit = kernelTimeout): Run<Connected> {
  const [address] = yield* addressesOf(process, host);
  if (address === undefined) return { kind: 'unknown' };
  const outcome = process.http(address, port, '/');
  if (outcome.kind === 'refused') return { kind: 'refused', address };
  if (outcome.kind === 'answer') return { kind: 'open', address };
  yield sleep(process.sim, limit);
  return { kind: 'timeout', address };
}

/** What a server writes back to text that somebody typed: HTTP to HTTP, to a key-value store's `PING` its answer. */
function replyTo(process: Process, address: string, port: number, text: string): { text: string; closes: boolean } {
  if (port === 6_379)
    return {
      text: /^\s*(\*1\r\n\$4\r\n)?ping/i.test(text)
        ? '+PONG\r\n'
        : `-ERR unknown command '${text.trim().split(/\s/)[0]}'\r\n`,
      closes: false,
    };
  const request = parseRequest(text) ?? httpRequest('/bad', { method: 'BAD' });
  const outcome: HttpOutcome | undefined = request.method === 'BAD' ? undefined : process.http(address, port, request);
  if (outcome && outcome.kind !== 'answer') return { text: '', closes: true };
  const [status, headers, body] = outcome ? [outcome.status, outcome.headers, outcome.body] : [400, {}, ''];
  const version = /HTTP\/(\d\.\d)/.exec(text)?.[1] ?? '1.0';
  const closes = !outcome || version === '1.0' || request.headers.connection?.toLowerCase() === 'close';
  const lines = answerHeaders(process, { ...headers, ...(closes ? { connection: 'close' } : {}) }, byteLength(body));
  const shownBody = request.method === 'HEAD' ? '' : body;
  return {
    text: `${statusLine(status)}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${shownBody}`,
    closes,
  };
}

/** How many characters of a text a whole request takes; undefined while more of it is to come. */
function requestEnd(text: string, port: number): number | undefined {
  if (port === 6_379) return text.includes('\n') ? text.indexOf('\n') + 1 : undefined;
  const first = /^[^\n]*\n/.exec(text)?.[0];
  if (first === undefined) return undefined;
  // What is no request is answered at its first line.
  if (!/^[A-Z]+ \S+ HTTP\/\d/.test(first)) return first.length;
  const end = /\r?\n\r?\n/.exec(text);
  if (!end) return undefined;
  const head = end.index + end[0].length;
  const body = Number(/^content-length:\s*(\d+)/im.exec(text.slice(0, end.index))?.[1] ?? 0);
  return text.length >= head + body ? head + body : undefined;
}

/** Passes input to a server and its answers to the output, until one of both closes. True: the server did. */
export function* talk(process: Process, address: string, port: number): Run<boolean> {
  let pending = '';
  for (;;) {
    pending += process.stdin.take();
    const end = requestEnd(pending, port);
    if (end !== undefined) {
      const { text, closes } = replyTo(process, address, port, pending.slice(0, end));
      pending = pending.slice(end);
      yield sleep(process.sim, 1_000);
      process.stdout(text);
      if (closes) return true;
      continue;
    }
    if (process.stdin.ended) return false;
    yield moreInput(process.stdin);
  }
}
