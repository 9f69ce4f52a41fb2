import { millisecond, second } from '../../sim';
import type { CurlRequest } from './curl-options';
import { readCurl } from './curl-options';
import { addressesOf } from './dns-client';
import type { HttpOutcome } from './http';
import { httpRequest } from './http';
import type { Target } from './http-client';
import { answerHeaders, base64, byteLength, parseHeader, parseUrl, statusLine } from './http-client';
import type { Process, Program } from './process';
import { sleep } from './process';
import type { Run } from './run-command';
import { writeFile } from './tee';

const version = '8.12.1';
/** A server's answer is a few packets away. */
const roundTrip = millisecond;
/** How long a kernel asks again for a connection that nobody answers. */
const kernelTimeout = 134 * second;

interface Got {
  readonly target: Target;
  readonly address: string;
  readonly outcome: Extract<HttpOutcome, { kind: 'answer' }>;
  readonly headers: readonly (readonly [string, string])[];
  readonly redirects: number;
}

interface Failure {
  readonly code: number;
  readonly text: string;
}

function isFailure(value: Got | Failure): value is Failure {
  return 'code' in value;
}

/** The headers of a request, by lower-case name, as the options make them. */
function requestHeaders(options: CurlRequest, target: Target): Record<string, string> {
  const headers: Record<string, string> = {
    host: target.authority,
    'user-agent': options.agent ?? `curl/${version}`,
    accept: '*/*',
  };
  const user = options.user ?? target.user;
  if (user !== undefined) headers.authorization = `Basic ${base64(user)}`;
  if (options.data !== undefined && !options.get) {
    headers['content-length'] = String(byteLength(options.data));
    headers['content-type'] = options.json ? 'application/json' : 'application/x-www-form-urlencoded';
    if (options.json) headers.accept = 'application/json';
  }
  for (const line of options.headers) {
    const header = parseHeader(line);
    if (!header) continue;
    if (header[1] === '') delete headers[header[0]];
    else headers[header[0]] = header[1];
  }
  return headers;
}

/** One request and its answer, with what `-v` tells of them. */
function* requestOnce(
  process: Process,
  options: CurlRequest,
  target: Target,
  method: string,
  body: string,
): Run<Got | Failure> {
  const { sim } = process;
  const tell = (text: string) => {
    if (options.verbose) process.stderr(text);
  };
  const begun = sim.now;
  const fixed = options.resolve.get(`${target.host}:${target.port}`);
  const [address] = fixed === undefined ? yield* addressesOf(process, target.host) : [fixed];
  if (address === undefined) {
    tell(`* Could not resolve host: ${target.host}\n`);
    return { code: 6, text: `Could not resolve host: ${target.host}` };
  }
  if (fixed !== undefined) tell(`* Added ${target.host}:${target.port}:${fixed} to DNS cache\n`);
  else if (address !== target.host)
    tell(`* Host ${target.host}:${target.port} was resolved.\n* IPv6: (none)\n* IPv4: ${address}\n`);
  tell(`*   Trying ${address}:${target.port}...\n`);
  const headers = requestHeaders(options, target);
  const path =
    options.get && options.data !== undefined
      ? `${target.path}${target.path.includes('?') ? '&' : '?'}${options.data}`
      : target.path;
  const outcome = process.http(address, target.port, httpRequest(path, { method, headers, body }));
  if (outcome.kind === 'refused') {
    tell(
      `* connect to ${address} port ${target.port} failed: Connection refused\n* Failed to connect to ${target.host} port ${target.port} after 0 ms: Could not connect to server\n`,
    );
    return {
      code: 7,
      text: `Failed to connect to ${target.host} port ${target.port} after 0 ms: Could not connect to server`,
    };
  }
  if (outcome.kind !== 'answer') {
    const limit = Math.min(
      options.maxTime ?? Number.POSITIVE_INFINITY,
      options.connectTimeout ?? Number.POSITIVE_INFINITY,
    );
    const left = Number.isFinite(limit) ? Math.max(0, limit * second - (sim.now - begun)) : kernelTimeout;
    yield sleep(sim, left);
    const waited = Math.floor((sim.now - begun) / millisecond);
    const text = Number.isFinite(limit)
      ? `Connection timed out after ${waited} milliseconds`
      : `Failed to connect to ${target.host} port ${target.port} after ${waited} ms: Could not connect to server`;
    tell(`* ${text}\n`);
    return { code: 28, text };
  }
  if (target.scheme === 'https' && target.port !== 443)
    return { code: 35, text: 'TLS connect error: error:0A00010B:SSL routines::wrong version number' };
  tell(`* Connected to ${target.host} (${address}) port ${target.port}\n`);
  tell(`> ${method} ${path} HTTP/1.1\n`);
  for (const [name, value] of Object.entries(headers))
    tell(`> ${name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase())}: ${value}\n`);
  tell('> \n');
  if (body !== '') tell(`* upload completely sent off: ${byteLength(body)} bytes\n`);
  yield sleep(sim, roundTrip);
  const answer = answerHeaders(process, outcome.headers, byteLength(outcome.body));
  tell(`< ${statusLine(outcome.status)}\n${answer.map(([name, value]) => `< ${name}: ${value}\n`).join('')}< \n`);
  return { target, address, outcome, headers: answer, redirects: 0 };
}

function locationOf({ headers, target }: Got): Target | undefined {
  const location = headers.find(([name]) => name === 'Location')?.[1];
  if (location === undefined) return undefined;
  if (/^[a-z]+:\/\//i.test(location)) return parseUrl(location);
  const folder = target.path.split('?')[0]!.replace(/[^/]*$/, '');
  return parseUrl(`${target.scheme}://${target.authority}${location.startsWith('/') ? location : folder + location}`);
}

function responseHead({ outcome, headers }: Got): string {
  return `${statusLine(outcome.status)}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** A request with all redirects that it is to follow; `heads` gets the heads of the answers on the way. */
function* transfer(process: Process, options: CurlRequest, first: Target, heads: string[]): Run<Got | Failure> {
  const hasBody = options.data !== undefined && !options.get;
  let method = options.method ?? (options.head ? 'HEAD' : hasBody ? 'POST' : 'GET');
  let body = hasBody ? options.data! : '';
  let target = first;
  for (let redirects = 0; ; redirects++) {
    const got = yield* requestOnce(process, options, target, method, body);
    if (isFailure(got)) return got;
    heads.push(responseHead(got));
    const next =
      options.location && [301, 302, 303, 307, 308].includes(got.outcome.status) ? locationOf(got) : undefined;
    if (!next) return { ...got, redirects };
    if (redirects >= options.maxRedirects)
      return { code: 47, text: `Maximum (${options.maxRedirects}) redirects followed` };
    if ([301, 302, 303].includes(got.outcome.status) && method === 'POST' && options.method === undefined) {
      method = 'GET';
      body = '';
    }
    target = next;
  }
}

/** What `-w` prints. */
function writeOut(
  format: string,
  got: Got | undefined,
  exit: Failure | undefined,
  url: string,
  seconds: number,
): string {
  const time = seconds.toFixed(6);
  const size = got ? byteLength(got.outcome.body) : 0;
  const values: Record<string, string> = {
    http_code: String(got?.outcome.status ?? 0).padStart(3, '0'),
    response_code: String(got?.outcome.status ?? 0).padStart(3, '0'),
    remote_ip: got?.address ?? '',
    remote_port: String(got?.target.port ?? 0),
    local_ip: '',
    time_total: time,
    time_starttransfer: got ? time : '0.000000',
    time_connect: got ? (seconds / 2).toFixed(6) : '0.000000',
    time_namelookup: (seconds / 4).toFixed(6),
    time_redirect: '0.000000',
    size_download: String(size),
    size_upload: '0',
    speed_download: String(seconds > 0 ? Math.floor(size / seconds) : 0),
    content_type: got?.headers.find(([name]) => name === 'Content-Type')?.[1] ?? '',
    num_redirects: String(got?.redirects ?? 0),
    num_connects: got ? '1' : '0',
    redirect_url: (got && locationOf(got) && got.headers.find(([name]) => name === 'Location')?.[1]) || '',
    url_effective: got ? `${got.target.scheme}://${got.target.authority}${got.target.path}` : url,
    url,
    exitcode: String(exit?.code ?? 0),
    errormsg: exit?.text ?? '',
    method: 'GET',
    scheme: (got?.target.scheme ?? 'http').toUpperCase(),
    http_version: got ? '1.1' : '0',
  };
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };
  return format
    .replace(/\\([ntr\\])/g, (_, letter: string) => escapes[letter]!)
    .replace(/%\{([a-z_]+)\}|%%/g, (all, name?: string) => (name === undefined ? '%' : (values[name] ?? all)));
}

/** The meter that curl shows while it writes to a file. */
function meter(size: number): string {
  const total = String(size).padStart(5);
  return (
    '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
    '                                 Dload  Upload   Total   Spent    Left  Speed\n' +
    `\r100 ${total}  100 ${total}    0     0  ${String(size).padStart(5)}      0 --:--:-- --:--:-- --:--:-- ${String(size).padStart(5)}\n`
  );
}

function* fetchOne(process: Process, options: CurlRequest, url: string): Run {
  const { sim } = process;
  const begun = sim.now;
  const quiet = options.silent && !options.showError;
  const failed = ({ code, text }: Failure): number => {
    if (!quiet) process.stderr(`curl: (${code}) ${text}\n`);
    if (options.writeOut !== undefined)
      process.stdout(writeOut(options.writeOut, undefined, { code, text }, url, (sim.now - begun) / second));
    return code;
  };
  const target = parseUrl(url);
  if (!target)
    return failed({
      code: 3,
      text:
        /:\/\/?$/.test(url) || url === ''
          ? 'URL rejected: No host part in the URL'
          : /:\d*[^\d/]/.test(url) || /:\d{5,}/.test(url)
            ? 'URL rejected: Port number was not a decimal number between 0 and 65535'
            : 'URL rejected: Malformed input to a URL function',
    });
  if (target.scheme !== 'http' && target.scheme !== 'https')
    return failed({ code: 1, text: `Protocol "${target.scheme}" not supported` });
  let heads: string[] = [];
  let got: Got | Failure;
  for (let attempt = 0; ; attempt++) {
    heads = [];
    got = yield* transfer(process, options, target, heads);
    const passing = isFailure(got)
      ? got.code === 28 || got.code === 6 || (got.code === 7 && options.retryRefused)
      : [408, 429, 500, 502, 503, 504].includes(got.outcome.status);
    if (!passing || attempt >= options.retry) break;
    const pause = options.retryDelay ?? Math.min(2 ** attempt, 600);
    if (!options.silent) {
      const why = isFailure(got)
        ? `Problem: ${got.code === 28 ? 'timeout' : got.code === 7 ? 'connection refused' : 'could not resolve host'}`
        : 'Problem: HTTP error';
      process.stderr(
        `Warning: ${why}. Will retry in ${pause} second${pause === 1 ? '' : 's'}. ${options.retry - attempt} ${options.retry - attempt === 1 ? 'retry' : 'retries'} left.\n`,
      );
    }
    yield sleep(sim, pause * second);
  }
  if (isFailure(got)) return failed(got);
  const { outcome } = got;
  const refusedByServer = outcome.status >= 400 && (options.fail || options.failWithBody);
  let status = 0;
  if (!refusedByServer || options.failWithBody) {
    const isHead = options.head || options.method === 'HEAD';
    const text = (options.include || options.head ? heads.join('') : '') + (isHead ? '' : outcome.body);
    const file = options.remoteName ? target.path.split('?')[0]!.split('/').at(-1) : options.output;
    if (options.remoteName && file === '') return failed({ code: 23, text: 'Remote file name has no length' });
    if (file === undefined || file === '-') process.stdout(text);
    else {
      if (!options.silent) process.stderr(meter(byteLength(text)));
      if (!writeFile(process, file, text)) status = 23;
    }
  }
  if (options.dumpHeader !== undefined) {
    if (options.dumpHeader === '-') process.stdout(heads.join(''));
    else writeFile(process, options.dumpHeader, heads.join(''));
  }
  const refusal = refusedByServer
    ? { code: 22, text: `The requested URL returned error: ${outcome.status}` }
    : undefined;
  if (refusal) {
    if (!quiet) process.stderr(`curl: (22) ${refusal.text}\n`);
    status = 22;
  }
  if (options.writeOut !== undefined)
    process.stdout(writeOut(options.writeOut, got, refusal, url, (sim.now - begun) / second));
  return status;
}

/** `curl [OPTION...] URL...`: methods, headers and bodies go to the server; exit codes are curl's. */
export const curl: Program = function* (process) {
  const words = process.argv.slice(1);
  if (words.includes('--version') || words.includes('-V')) {
    process.stdout(`curl ${version} (x86_64-alpine-linux-musl) libcurl/${version}\nProtocols: http https\n`);
    return 0;
  }
  if (words.length === 0) {
    process.stderr("curl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout('Usage: curl [options...] <url>\n');
    return 0;
  }
  const options = readCurl(process);
  if ('code' in options) {
    process.stderr(`curl: ${options.text}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`);
    return options.code;
  }
  if (options.urls.length === 0) {
    process.stderr('curl: (2) no URL specified\n');
    return 2;
  }
  let status = 0;
  for (const url of options.urls) status = yield* fetchOne(process, options, url);
  return status;
};
