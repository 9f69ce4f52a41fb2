import { normalizePath } from '../containers/file-system';
import type { Process } from './process';

/** What a command line of curl asks for. */
export interface CurlRequest {
  readonly urls: string[];
  silent: boolean;
  showError: boolean;
  include: boolean;
  verbose: boolean;
  fail: boolean;
  failWithBody: boolean;
  location: boolean;
  head: boolean;
  get: boolean;
  remoteName: boolean;
  insecure: boolean;
  output: string | undefined;
  writeOut: string | undefined;
  method: string | undefined;
  readonly headers: string[];
  data: string | undefined;
  json: boolean;
  user: string | undefined;
  agent: string | undefined;
  dumpHeader: string | undefined;
  maxTime: number | undefined;
  connectTimeout: number | undefined;
  retry: number;
  retryDelay: number | undefined;
  retryRefused: boolean;
  maxRedirects: number;
  /** `host:port` -> address. */
  readonly resolve: Map<string, string>;
}

/** What is wrong with a command line: exit code and text. */
export interface CurlMistake {
  readonly code: number;
  readonly text: string;
}

const shorts: Readonly<Record<string, string>> = {
  s: 'silent',
  S: 'show-error',
  i: 'include',
  v: 'verbose',
  f: 'fail',
  L: 'location',
  I: 'head',
  G: 'get',
  O: 'remote-name',
  k: 'insecure',
  o: 'output',
  w: 'write-out',
  X: 'request',
  H: 'header',
  d: 'data',
  u: 'user',
  A: 'user-agent',
  D: 'dump-header',
  m: 'max-time',
  b: 'cookie',
  c: 'cookie-jar',
  e: 'referer',
  F: 'form',
  T: 'upload-file',
  x: 'proxy',
  '4': 'ipv4',
  '6': 'ipv6',
  g: 'globoff',
  N: 'no-buffer',
  V: 'version',
  '#': 'progress-bar',
  '0': 'http1.0',
  j: 'junk-session-cookies',
  J: 'remote-header-name',
  h: 'help',
  q: 'disable',
  Z: 'parallel',
  K: 'config',
  r: 'range',
};

/** Options that have a value. */
const valued = new Set(
  (
    'output write-out request header data data-raw data-binary data-ascii data-urlencode json user user-agent dump-header ' +
    'max-time connect-timeout retry retry-delay retry-max-time max-redirs resolve cookie cookie-jar referer form upload-file ' +
    'proxy config range cacert cert key interface noproxy connect-to url unix-socket limit-rate keepalive-time'
  ).split(' '),
);

/** Options without a value that change nothing here. */
const ignored = new Set(
  (
    'ipv4 ipv6 globoff no-buffer progress-bar http1.0 http1.1 http2 compressed no-progress-meter no-keepalive tcp-nodelay ' +
    'path-as-is junk-session-cookies remote-header-name disable parallel create-dirs retry-all-errors fail-early no-sessionid ' +
    'ssl-no-revoke tlsv1.2 tlsv1.3 raw styled-output no-styled-output'
  ).split(' '),
);

function number(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Data of `-d`: a text, or what a file holds after `@`. */
function dataOf(process: Process, text: string, raw: boolean, binary: boolean): string {
  if (raw || !text.startsWith('@')) return text;
  const content = process.fs.read(normalizePath(text.slice(1), process.cwd)) ?? '';
  return binary ? content : content.replace(/[\r\n]/g, '');
}

/** Reads a command line of curl. */
export function readCurl(process: Process): CurlRequest | CurlMistake {
  const request: CurlRequest = {
    urls: [],
    silent: false,
    showError: false,
    include: false,
    verbose: false,
    fail: false,
    failWithBody: false,
    location: false,
    head: false,
    get: false,
    remoteName: false,
    insecure: false,
    output: undefined,
    writeOut: undefined,
    method: undefined,
    headers: [],
    data: undefined,
    json: false,
    user: undefined,
    agent: undefined,
    dumpHeader: undefined,
    maxTime: undefined,
    connectTimeout: undefined,
    retry: 0,
    retryDelay: undefined,
    retryRefused: false,
    maxRedirects: 50,
    resolve: new Map(),
  };
  const mistake = (text: string): CurlMistake => ({ code: 2, text });
  const addData = (text: string) => {
    request.data = request.data === undefined ? text : `${request.data}&${text}`;
  };
  const withValue = (name: string, value: string): CurlMistake | undefined => {
    const figure = number(value);
    switch (name) {
      case 'output':
        request.output = value;
        break;
      case 'write-out':
        request.writeOut = value;
        break;
      case 'request':
        request.method = value;
        break;
      case 'header':
        request.headers.push(value);
        break;
      case 'data':
      case 'data-ascii':
        addData(dataOf(process, value, false, false));
        break;
      case 'data-binary':
        addData(dataOf(process, value, false, true));
        break;
      case 'data-raw':
        addData(value);
        break;
      case 'data-urlencode':
        addData(
          value.replace(
            /^([^=]*=)?([\s\S]*)$/,
            (_, key = '', text: string) => `${key === '=' ? '' : key}${encodeURIComponent(text)}`,
          ),
        );
        break;
      case 'json':
        request.json = true;
        request.data = (request.data ?? '') + dataOf(process, value, false, true);
        break;
      case 'user':
        request.user = value;
        break;
      case 'user-agent':
        request.agent = value;
        break;
      case 'dump-header':
        request.dumpHeader = value;
        break;
      case 'cookie':
        request.headers.push(`Cookie: ${value}`);
        break;
      case 'referer':
        request.headers.push(`Referer: ${value}`);
        break;
      case 'url':
        request.urls.push(value);
        break;
      case 'resolve': {
        const match = /^\+?([^:]+):(\d+):([^,]+)/.exec(value);
        if (!match) return { code: 49, text: `Couldn't parse CURLOPT_RESOLVE entry '${value}'` };
        request.resolve.set(`${match[1]}:${match[2]}`, match[3]!);
        break;
      }
      case 'max-time':
      case 'connect-timeout':
      case 'retry':
      case 'retry-delay':
      case 'max-redirs':
        if (figure === undefined)
          return mistake(`option ${name.length > 1 ? `--${name}` : `-${name}`}: expected a proper numerical parameter`);
        if (name === 'max-time') request.maxTime = figure || undefined;
        if (name === 'connect-timeout') request.connectTimeout = figure || undefined;
        if (name === 'retry') request.retry = figure;
        if (name === 'retry-delay') request.retryDelay = figure;
        if (name === 'max-redirs') request.maxRedirects = figure;
    }
    return undefined;
  };
  const withoutValue = (name: string): boolean => {
    switch (name) {
      case 'silent':
        request.silent = true;
        break;
      case 'show-error':
        request.showError = true;
        break;
      case 'include':
      case 'show-headers':
        request.include = true;
        break;
      case 'verbose':
        request.verbose = true;
        break;
      case 'fail':
        request.fail = true;
        break;
      case 'fail-with-body':
        request.failWithBody = true;
        break;
      case 'location':
        request.location = true;
        break;
      case 'head':
        request.head = true;
        break;
      case 'get':
        request.get = true;
        break;
      case 'remote-name':
        request.remoteName = true;
        break;
      case 'insecure':
        request.insecure = true;
        break;
      case 'retry-connrefused':
        request.retryRefused = true;
        break;
      default:
        return ignored.has(name);
    }
    return true;
  };
  const words = process.argv.slice(1);
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '-' || !word.startsWith('-')) {
      request.urls.push(word);
      continue;
    }
    const letters = word.startsWith('--') ? undefined : word.slice(1);
    const names = letters === undefined ? [word.slice(2)] : [...letters];
    for (let index = 0; index < names.length; index++) {
      const name = letters === undefined ? names[index]! : shorts[names[index]!];
      if (name !== undefined && valued.has(name)) {
        const joined = letters?.slice(index + 1);
        const value = joined ? joined : words.shift();
        if (value === undefined) return mistake(`option ${word}: requires parameter`);
        const wrong = withValue(name, value);
        if (wrong) return wrong;
        break;
      }
      if (name === undefined || !withoutValue(name)) return mistake(`option ${word}: is unknown`);
    }
  }
  return request;
}
