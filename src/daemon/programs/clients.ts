import { connect } from './connection';
import { readAll } from './input';
import { readOptions } from './options';
import type { Process, Program } from './process';
import type { Run } from './run-command';

/** Whether somebody answers on a port. */
function* answers(process: Process, host: string, port: number): Run<'open' | 'refused' | 'timeout' | 'unknown'> {
  return (yield* connect(process, host, port)).kind;
}

/** `pg_isready [-h HOST] [-p PORT] [-q]`. */
const pgIsReady: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), {
    flags: 'q',
    values: 'hpUdt',
    long: { host: 'h', port: 'p', username: 'U', dbname: 'd', timeout: 't', quiet: 'q' },
  });
  const host = options.value('h');
  const port = Number(options.value('p') ?? 5_432);
  const ready = (yield* answers(process, host ?? '127.0.0.1', port)) === 'open';
  if (!options.has('q'))
    process.stdout(`${host ?? '/var/run/postgresql'}:${port} - ${ready ? 'accepting connections' : 'no response'}\n`);
  return ready ? 0 : 2;
};

/** `redis-cli [-h HOST] [-p PORT] [COMMAND...]`: what can be said without a store. */
const redisCli: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'cx', values: 'hpanu', inOrder: true });
  const host = options.value('h') ?? '127.0.0.1';
  const port = Number(options.value('p') ?? 6_379);
  const found = yield* answers(process, host, port);
  if (found !== 'open') {
    const why =
      found === 'unknown'
        ? 'Name does not resolve'
        : found === 'refused'
          ? 'Connection refused'
          : 'Operation timed out';
    process.stderr(`Could not connect to Redis at ${host}:${port}: ${why}\n`);
    return 1;
  }
  const text = options.operands.length > 0 ? options.operands.join(' ') : yield* readAll(process);
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [command = '', ...words] = line.trim().split(/\s+/);
    if (command.toLowerCase() === 'ping') process.stdout(`${words.length > 0 ? words.join(' ') : 'PONG'}\n`);
    else if (command.toLowerCase() === 'echo') process.stdout(`${words.join(' ')}\n`);
    else
      process.stdout(
        `(error) ERR unknown command '${command}', with args beginning with: ${words.map((word) => `'${word}' `).join('')}\n`,
      );
  }
  return 0;
};

/** What a database shell prints for the few expressions that ask whether the server is there. */
function evaluated(expression: string, modern: boolean): string | undefined {
  const text = expression.replace(/\s+/g, '').replace(/;$/, '');
  const ping = /^db\.(adminCommand|runCommand)\((\{"?ping"?:1\}|["']ping["'])\)(\.ok)?$/.exec(text);
  if (ping) return ping[3] ? '1' : modern ? '{ ok: 1 }' : '{ "ok" : 1 }';
  const printed = /^(?:print|printjson|console\.log)\((.*)\)$/.exec(text);
  if (printed) return evaluated(printed[1]!, modern) ?? /^["'](.*)["']$/.exec(printed[1]!)?.[1];
  if (text === 'db.version()') return modern ? '7.0.16' : '4.4.29';
  if (/^\d+$/.test(text)) return text;
  return undefined;
}

/** `mongosh --eval EXPRESSION` and `mongo`: pings. */
const mongosh: Program = function* (process) {
  const words = process.argv.slice(1);
  const modern = /mongosh$/.test(process.argv[0] ?? '');
  let [host, port] = ['127.0.0.1', 27_017];
  const expressions: string[] = [];
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '--eval') expressions.push(words.shift() ?? '');
    else if (word.startsWith('--eval=')) expressions.push(word.slice(7));
    else if (word === '--host' || word === '-h') host = words.shift() ?? host;
    else if (word === '--port') port = Number(words.shift());
    else if (/^mongodb:\/\//.test(word) || /^[\w.-]+(:\d+)?\/\w*$/.test(word)) {
      const match = /^(?:mongodb:\/\/)?(?:[^@/]*@)?([^:/]+)(?::(\d+))?/.exec(word);
      host = match?.[1] ?? host;
      port = Number(match?.[2] ?? port);
    }
  }
  const found = yield* answers(process, host, port);
  if (found !== 'open') {
    const why =
      found === 'unknown'
        ? `getaddrinfo ENOTFOUND ${host}`
        : found === 'refused'
          ? `connect ECONNREFUSED ${host}:${port}`
          : `connection timed out`;
    process.stderr(
      modern
        ? `MongoNetworkError: ${why}\n`
        : `Error: couldn't connect to server ${host}:${port}, connection attempt failed: SocketException: Error connecting to ${host}:${port} :: caused by :: Connection refused :\nconnect@src/mongo/shell/mongo.js:372:17\n@(connect):2:6\nexception: connect failed\nexiting with code 1\n`,
    );
    return 1;
  }
  if (expressions.length === 0)
    expressions.push(...(yield* readAll(process)).split('\n').filter((line) => line.trim() !== ''));
  for (const expression of expressions) {
    const value = evaluated(expression, modern);
    if (value === undefined) {
      process.stderr(
        `${modern ? 'MongoshUnimplementedError' : 'uncaught exception: Error'}: this server has no data; it answers ping and db.version()\n`,
      );
      return 1;
    }
    process.stdout(`${value}\n`);
  }
  return 0;
};

/** `psql -c QUERY`: `select` of a number or text. */
const psql: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), {
    flags: 'tAqlw',
    values: 'hpUdcfv',
    long: { host: 'h', port: 'p', username: 'U', dbname: 'd', command: 'c', 'tuples-only': 't' },
  });
  const host = options.value('h');
  const port = Number(options.value('p') ?? 5_432);
  if ((yield* answers(process, host ?? '127.0.0.1', port)) !== 'open') {
    const place = host === undefined ? 'on socket "/var/run/postgresql/.s.PGSQL.5432"' : `at "${host}", port ${port}`;
    process.stderr(
      `psql: error: connection to server ${place} failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n`,
    );
    return 2;
  }
  const query = options.value('c') ?? (yield* readAll(process));
  const match = /^\s*select\s+(\d+|'[^']*')\s*;?\s*$/i.exec(query);
  if (!match) {
    process.stderr('ERROR:  this server has no data; it answers "select 1"\n');
    return 1;
  }
  const value = match[1]!.replace(/^'|'$/g, '');
  const [title, width] = ['?column?', Math.max(8, value.length)];
  process.stdout(
    options.has('t')
      ? `${options.has('A') ? '' : ' '.repeat(width + 1 - value.length)}${value}\n${options.has('A') ? '' : '\n'}`
      : ` ${title} \n${'-'.repeat(width + 2)}\n${value.padStart(width + 1)}\n(1 row)\n\n`,
  );
  return 0;
};

/** `mysqladmin [-h HOST] ping` and `mysqladmin status`. */
const mysqladmin: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), {
    flags: 's',
    values: 'huPp',
    long: { host: 'h', user: 'u', port: 'P', password: 'p', silent: 's' },
  });
  const host = options.value('h') ?? 'localhost';
  if ((yield* answers(process, host, Number(options.value('P') ?? 3_306))) !== 'open') {
    process.stderr(
      `mysqladmin: connect to server at '${host}' failed\nerror: 'Can't connect to MySQL server on '${host}' (111)'\n`,
    );
    return 1;
  }
  if (options.operands.includes('ping')) process.stdout('mysqld is alive\n');
  return 0;
};

/** Clients of the servers in the catalogue, as far as they ask whether a server is there. */
export const clientPrograms: Readonly<Record<string, Program>> = {
  pg_isready: pgIsReady,
  'redis-cli': redisCli,
  mongosh,
  mongo: mongosh,
  psql,
  mysqladmin,
};
