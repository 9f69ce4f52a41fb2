import { timestamp } from '../../sim';
import type { HttpRequest } from './http';
import { httpRequest } from './http';
import type { Process } from './process';

/** Where a URL leads. */
export interface Target {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
  /** `user:password`, when the URL has it. */
  readonly user: string | undefined;
  /** As the `Host` header says it: without the usual port. */
  readonly authority: string;
}

/** Reads a URL; without a scheme it is HTTP. Undefined when there is no host or no port in it. */
export function parseUrl(text: string): Target | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^@/?#]*)@)?([^/:?#\s]+)(?::(\d+))?([/?][^#]*)?(?:#.*)?$/i.exec(
    text,
  );
  if (!match) return undefined;
  const scheme = (match[1] ?? 'http').toLowerCase();
  const usual = scheme === 'https' ? 443 : 80;
  const port = match[4] === undefined ? usual : Number(match[4]);
  if (port > 65_535) return undefined;
  const rest = match[5] ?? '/';
  const host = match[3]!;
  return {
    scheme,
    host,
    port,
    path: rest.startsWith('?') ? `/${rest}` : rest,
    user: match[2],
    authority: port === usual ? host : `${host}:${port}`,
  };
}

const statusTexts: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** `404 Not Found`. */
export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${statusTexts[status] ?? ''}`.trimEnd();
}

function headerName(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** Bytes of a text on the wire. */
export { byteLength } from '../containers/file-facts';

/** The header lines of an answer as a server writes them: what the server did not say is filled in. */
export function answerHeaders(
  process: Process,
  headers: Readonly<Record<string, string>>,
  length: number,
): readonly (readonly [name: string, value: string])[] {
  const now = process.sim.now;
  const text = timestamp(now);
  const [day, month] = dayAndMonth(text);
  const date = `${day}, ${text.slice(8, 10)} ${month} ${text.slice(0, 4)} ${text.slice(11, 19)} GMT`;
  const all: Record<string, string> = {
    date,
    'content-length': String(length),
    'content-type': 'text/plain; charset=utf-8',
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  };
  return Object.entries(all).map(([name, value]) => [headerName(name), value] as const);
}

function dayAndMonth(text: string): readonly [string, string] {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  const days = Date.UTC(year, month - 1, day) / 86_400_000;
  return [
    ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][(days + 4) % 7]!,
    ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][month - 1]!,
  ];
}

/** `Name: value` or `Name:` into a header by lower-case name; undefined when it is none. */
export function parseHeader(line: string): readonly [name: string, value: string] | undefined {
  const match = /^([^:\s]+):\s*(.*)$/.exec(line.trimEnd());
  return match ? [match[1]!.toLowerCase(), match[2]!] : undefined;
}

/** Base 64 of a text in UTF-8, as `Authorization: Basic` has it. */
export function base64(text: string): string {
  return btoa(utf8(text));
}

/** A request that somebody typed by hand, or undefined when it is none: method and path, headers, an empty line, a body. */
export function parseRequest(text: string): HttpRequest | undefined {
  const [head = '', ...bodyParts] = text.split(/\r?\n\r?\n/);
  const [first = '', ...lines] = head.split(/\r?\n/);
  const match = /^([A-Z]+) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(first.trimEnd());
  if (!match) return undefined;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const header = parseHeader(line);
    if (header) headers[header[0]] = header[1];
  }
  return httpRequest(match[2]!, { method: match[1]!, headers, body: bodyParts.join('\r\n\r\n') });
}

/** The bytes of a text in UTF-8, a character each. */
function utf8(text: string): string {
  return encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
