import { millisecond, second } from '../../sim';
import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import { addressesOf } from './dns-client';
import { httpRequest } from './http';
import type { Target } from './http-client';
import { answerHeaders, byteLength, parseHeader, parseUrl, statusLine } from './http-client';
import type { Options } from './options';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';
import { sleep } from './process';
import type { Run } from './run-command';

const usageText =
  'wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n' +
  '\t[--post-data STR | --post-file FILE] [-Y on/off]\n' +
  '\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...\n\nRetrieve files via HTTP or FTP';

const bar = '*'.repeat(32);

/** The meter of a download that is complete. */
function progress(name: string, size: number): string {
  const amount = size < 100_000 ? String(size) : `${Math.floor(size / 1_024)}k`;
  return `${name.slice(0, 20).padEnd(20)} 100% |${bar}|${amount.padStart(6)}  0:00:00 ETA\n`;
}

function* download(process: Process, options: Options, first: Target): Run {
  const { sim, stderr } = process;
  const quiet = options.has('q');
  const fail = (text: string): number => {
    stderr(`wget: ${text}\n`);
    return 1;
  };
  const posted = options.value('D');
  const file = options.value('F');
  const body = posted ?? (file === undefined ? undefined : process.fs.read(normalizePath(file, process.cwd)));
  if (file !== undefined && body === undefined) return fail(`can't open '${file}': No such file or directory`);
  let target = first;
  for (let redirects = 0; ; redirects++) {
    const [address] = yield* addressesOf(process, target.host);
    if (address === undefined) return fail(`bad address '${target.authority}'`);
    const headers: Record<string, string> = {
      host: target.authority,
      'user-agent': options.value('U') ?? 'Wget',
      connection: 'close',
    };
    if (body !== undefined) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      headers['content-length'] = String(byteLength(body));
    }
    for (const line of options.values.get('H') ?? []) {
      const header = parseHeader(line);
      if (header) headers[header[0]] = header[1];
    }
    if (!quiet) stderr(`Connecting to ${target.authority} (${address}:${target.port})\n`);
    const method = body === undefined ? 'GET' : 'POST';
    const outcome = process.http(address, target.port, httpRequest(target.path, { method, headers, body: body ?? '' }));
    if (outcome.kind === 'refused') return fail(`can't connect to remote host (${address}): Connection refused`);
    if (outcome.kind !== 'answer') {
      yield sleep(sim, Number(options.value('T') ?? 900) * second);
      return fail('download timed out');
    }
    yield sleep(sim, millisecond);
    if (target.scheme === 'https' && target.port !== 443) {
      stderr('wget: note: TLS certificate validation not implemented\n');
      return fail('error getting response: Connection reset by peer');
    }
    const answer = answerHeaders(process, outcome.headers, byteLength(outcome.body));
    if (options.has('S')) {
      const lines = answer.map(([name, value]) => `  ${name}: ${value}\n`).join('');
      stderr(`  ${statusLine(outcome.status)}\n${lines}  \n`);
    }
    const location = answer.find(([name]) => name === 'Location')?.[1];
    if ([301, 302, 303, 307, 308].includes(outcome.status) && location !== undefined) {
      if (redirects >= 5) return fail('too many redirections');
      const next = parseUrl(
        /^[a-z]+:\/\//i.test(location)
          ? location
          : `${target.scheme}://${target.authority}${location.startsWith('/') ? '' : '/'}${location}`,
      );
      if (!next) return fail(`not an http or ftp url: ${location}`);
      target = next;
      continue;
    }
    if (outcome.status < 200 || outcome.status >= 300)
      return fail(`server returned error: ${statusLine(outcome.status)}`);
    if (options.has('s')) {
      if (!quiet) stderr('remote file exists\n');
      return 0;
    }
    return keep(process, options, first, outcome.body);
  }
}

/** Puts what came where it belongs. */
function keep(process: Process, options: Options, target: Target, body: string): number {
  const quiet = options.has('q');
  const tell = (text: string) => {
    if (!quiet) process.stderr(text);
  };
  const size = byteLength(body);
  const given = options.value('O');
  if (given === '-') {
    tell('writing to stdout\n');
    process.stdout(body);
    tell(`${progress('-', size)}written to stdout\n`);
    return 0;
  }
  const own = target.path.split('?')[0]!.split('/').at(-1) || 'index.html';
  const folder = options.value('P');
  const name = given ?? (folder === undefined ? own : `${folder}/${own}`);
  const path = normalizePath(name, process.cwd);
  if (path !== '/dev/null') {
    if (given === undefined && process.fs.exists(path)) {
      process.stderr(`wget: can't open '${name}': File exists\n`);
      return 1;
    }
    try {
      if (!process.fs.isFolder(normalizePath(`${path}/..`))) throw new Error('No such file or directory');
      process.fs.write(path, body);
    } catch (error) {
      process.stderr(`wget: can't open '${name}': ${messageOf(error)}\n`);
      return 1;
    }
  }
  tell(`saving to '${name}'\n${progress(name.split('/').at(-1)!, size)}'${name}' saved\n`);
  return 0;
}

/** `wget` of BusyBox; 1 for whatever goes wrong. */
export const wget: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), {
    flags: 'cqSsn',
    values: 'OoTtPUYHDF',
    long: {
      quiet: 'q',
      continue: 'c',
      'server-response': 'S',
      spider: 's',
      'output-document': 'O',
      'output-file': 'o',
      timeout: 'T',
      tries: 't',
      'directory-prefix': 'P',
      'user-agent': 'U',
      proxy: 'Y',
      header: 'H',
      'post-data': 'D',
      'post-file': 'F',
      'no-check-certificate': 'n',
      'no-verbose': 'n',
    },
  });
  if (options.wrong !== undefined || options.operands.length === 0) return usage(process, usageText, options.wrong);
  for (const url of options.operands) {
    const target = parseUrl(url);
    if (!target || !['http', 'https'].includes(target.scheme)) {
      process.stderr(target ? `wget: not an http or ftp url: ${url}\n` : `wget: bad address '${url}'\n`);
      return 1;
    }
    const status = yield* download(process, options, target);
    if (status !== 0) return status;
  }
  return 0;
};
