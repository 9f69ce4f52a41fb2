import type { ProfileName } from '../../api';
import type { EngineRequest } from '../http';
import { EngineError } from '../http';
import { decodeGo, GoTypeError } from './go-json';
import type { BodyKind } from './request-types';
import { anyContentType, bodyType } from './request-types';

const decoder = new TextDecoder();

/** The body as text; undefined for in-process values that never were text. */
export function bodyText(body: unknown): string | undefined {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return decoder.decode(body);
  return undefined;
}

/**
 * The request's body as JSON, refused as API-10 says. An engine of 20.10 has barer texts: it does not say
 * `invalid JSON`, takes an empty body for an error, and reads no further than the first value. With a kind the value is
 * read as that type of Go's.
 */
export function readJson<T>(request: EngineRequest, profile: ProfileName, kind?: BodyKind): T {
  const text = bodyText(request.body);
  if (text === undefined) return request.body as T;
  const headers = request.headers ?? {};
  if (text === '') {
    if (profile === '20.10') throw new EngineError(400, 'got EOF while reading request body');
    if (headers['transfer-encoding'] === 'chunked') {
      throw new EngineError(400, 'invalid JSON: got EOF while reading request body');
    }
    return {} as T;
  }
  const type = headers['content-type'];
  const checked = profile !== '20.10' || kind === undefined || !anyContentType.has(kind);
  if (checked && (type !== undefined || request.body instanceof Uint8Array)) {
    const media = (type ?? '').split(';')[0]!.trim().toLowerCase();
    if (media !== 'application/json') throw new EngineError(400, wrongType(type ?? '', profile));
  }
  const value = parseJson(text, profile);
  if (kind === undefined) return value as T;
  try {
    return (decodeGo(value, bodyType(kind, profile)) ?? {}) as T;
  } catch (error) {
    if (!(error instanceof GoTypeError)) throw error;
    throw new EngineError(400, profile === '20.10' ? error.message : `invalid JSON: ${error.message}`);
  }
}

function wrongType(type: string, profile: ProfileName): string {
  return profile === '20.10'
    ? `Content-Type specified (${type}) must be 'application/json'`
    : `unsupported Content-Type header (${type}): must be 'application/json'`;
}

/** JSON with the words of Go's decoder for what is wrong; a second value after the first has a text of its own. */
export function parseJson(text: string, profile: ProfileName = '28'): unknown {
  if (nestsTooDeep(text)) {
    throw new EngineError(400, profile === '20.10' ? 'exceeded max depth' : 'invalid JSON: exceeded max depth');
  }
  try {
    return JSON.parse(text);
  } catch {
    const fault = findFault(text);
    if (fault.trailing) {
      if (profile === '20.10') return JSON.parse(text.slice(0, fault.end));
      throw new EngineError(400, 'unexpected content after JSON');
    }
    throw new EngineError(400, profile === '20.10' ? fault.message : `invalid JSON: ${fault.message}`);
  }
}

/** Go's decoder goes this deep. */
const deepest = 10_000;

function nestsTooDeep(text: string): boolean {
  if (text.length <= deepest) return false;
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{\]}]/gs)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > deepest) return true;
  }
  return false;
}

interface Fault {
  readonly trailing: boolean;
  /** Where the first value ends. */
  readonly end: number;
  readonly message: string;
}

/** Walks the text as Go's scanner does, to the first character that cannot be. */
function findFault(text: string): Fault {
  const scanner = new JsonScanner(text);
  try {
    scanner.value('looking for beginning of value');
    const end = scanner.at;
    scanner.space();
    return { trailing: !scanner.end, end, message: '' };
  } catch (error) {
    return { trailing: false, end: 0, message: (error as Error).message };
  }
}

class JsonScanner {
  #at = 0;
  constructor(readonly text: string) {}

  get at(): number {
    return this.#at;
  }

  get end(): boolean {
    return this.#at >= this.text.length;
  }

  space(): void {
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? '')) this.#at++;
  }

  #fail(context: string): never {
    if (this.end) throw new Error('unexpected EOF');
    throw new Error(`invalid character ${quote(this.text[this.#at]!)} ${context}`);
  }

  value(context: string): void {
    this.space();
    const char = this.text[this.#at];
    if (char === '{') this.#object();
    else if (char === '[') this.#array();
    else if (char === '"') this.#string();
    else if (char === 't') this.#word('true');
    else if (char === 'f') this.#word('false');
    else if (char === 'n') this.#word('null');
    else if (char !== undefined && /[-0-9]/.test(char)) this.#number();
    else this.#fail(context);
  }

  #word(word: string): void {
    for (let index = 0; index < word.length; index++, this.#at++) {
      if (this.text[this.#at] !== word[index]) {
        this.#fail(`in literal ${word} (expecting '${word[index]}')`);
      }
    }
  }

  #number(): void {
    const found = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.text.slice(this.#at));
    if (!found) {
      this.#at++;
      this.#fail('in numeric literal');
    }
    this.#at += found[0].length;
  }

  #string(): void {
    this.#at++;
    for (; !this.end; this.#at++) {
      const char = this.text[this.#at]!;
      if (char === '"') {
        this.#at++;
        return;
      }
      if (char < ' ') this.#fail('in string literal');
      if (char !== '\\') continue;
      this.#at++;
      if (!/["\\/bfnrtu]/.test(this.text[this.#at] ?? '')) this.#fail('in string escape code');
    }
    this.#fail('');
  }

  #object(): void {
    this.#at++;
    this.space();
    if (this.text[this.#at] === '}') {
      this.#at++;
      return;
    }
    for (;;) {
      this.space();
      if (this.text[this.#at] !== '"') this.#fail('looking for beginning of object key string');
      this.#string();
      this.space();
      if (this.text[this.#at] !== ':') this.#fail('after object key');
      this.#at++;
      this.value('looking for beginning of value');
      this.space();
      const char = this.text[this.#at];
      if (char !== ',' && char !== '}') this.#fail('after object key:value pair');
      this.#at++;
      if (char === '}') return;
    }
  }

  #array(): void {
    this.#at++;
    this.space();
    if (this.text[this.#at] === ']') {
      this.#at++;
      return;
    }
    for (;;) {
      this.value('looking for beginning of value');
      this.space();
      const char = this.text[this.#at];
      if (char !== ',' && char !== ']') this.#fail('after array element');
      this.#at++;
      if (char === ']') return;
    }
  }
}

function quote(char: string): string {
  if (char === "'") return `'\\''`;
  if (char === '"') return `'"'`;
  return `'${char}'`;
}
