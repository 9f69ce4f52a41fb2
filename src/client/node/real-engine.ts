import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import Modem from 'docker-modem';
import type { Dialled, Dialler, DialRequest } from '../dial-transport';
import type { EngineEndpoint } from './endpoint';
import { parseHost } from './endpoint';
import { answered, upgraded } from './node-answers';
import { SshAgent } from './ssh-agent';

export { modemOn } from './transport-modem';

/** Every status is an answer here; what a refusal is, the client says. */
const everyStatus = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index + 100, true]));

/**
 * The way to a real engine over a unix socket, a named pipe, TCP, TLS or SSH, dialled by docker-modem. Made from the
 * endpoint alone: DOCKER_HOST and its relatives in the environment change nothing. Throws for addresses that are none.
 */
export function realEngine(endpoint: EngineEndpoint, options: { readonly ssh?: string } = {}): Dialler {
  const { modem, agent } = connect(endpoint, options.ssh);
  return {
    dial: (request) =>
      dial(modem, request).catch((error: NodeJS.ErrnoException) => Promise.reject(said(endpoint, error))),
    close: () => agent.destroy(),
  };
}

function connect(endpoint: EngineEndpoint, ssh: string | undefined): { modem: Modem; agent: http.Agent } {
  const to = parseHost(endpoint);
  const agent = agentFor(endpoint, to, ssh);
  const { tls } = endpoint;
  // What is left out would be taken from the environment.
  const none = {
    host: undefined,
    port: undefined,
    socketPath: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  const place =
    to.kind === 'socket'
      ? { socketPath: to.path, protocol: 'http' as const }
      : to.kind === 'ssh'
        ? { host: 'http://docker.example.com', port: 80, protocol: 'http' as const }
        : {
            host: `${to.secure ? 'https' : 'http'}://${to.host}`,
            port: to.port,
            protocol: to.secure ? ('https' as const) : ('http' as const),
            ...(tls?.ca && { ca: tls.ca }),
            ...(tls?.cert && { cert: tls.cert }),
            ...(tls?.key && { key: tls.key }),
          };
  return { modem: withoutEnvironment(() => new Modem({ ...none, ...place, agent })), agent };
}

/** docker-modem reads DOCKER_HOST even when it is told everything, and refuses to be made when that is malformed. */
function withoutEnvironment<T>(make: () => T): T {
  const { DOCKER_HOST } = process.env;
  delete process.env.DOCKER_HOST;
  try {
    return make();
  } finally {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
  }
}

function agentFor({ tls }: EngineEndpoint, to: ReturnType<typeof parseHost>, ssh: string | undefined): http.Agent {
  if (to.kind === 'ssh') return new SshAgent(to, ssh);
  if (to.kind === 'socket' || !to.secure) return new http.Agent({ keepAlive: true });
  return new https.Agent({
    keepAlive: true,
    rejectUnauthorized: tls?.skipVerify !== true,
    ...(tls?.ca && { ca: tls.ca }),
    ...(tls?.cert && { cert: tls.cert }),
    ...(tls?.key && { key: tls.key }),
  });
}

function dial(modem: Modem, request: DialRequest): Promise<Dialled> {
  const { method, path, headers, body, signal, hijack } = request;
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        // docker-modem takes a path that ends where its query would begin.
        path: `${path}?`,
        method,
        headers: { ...headers },
        ...(body && { file: Buffer.from(body) }),
        ...(signal && { abortSignal: signal }),
        hijack,
        isStream: true,
        statusCodes: everyStatus,
      },
      (error, result) => {
        if (error) reject(error);
        else if (isResponse(result)) resolve(answered(result));
        else resolve(upgraded(result as Duplex));
      },
    );
  });
}

/** The command line's words for an engine that cannot be reached. */
function said({ host }: EngineEndpoint, error: NodeJS.ErrnoException): Error {
  if (error.name === 'AbortError') return error;
  const why = error.message || error.code || 'unknown';
  if (error.code === 'EACCES') {
    return new Error(`permission denied while trying to connect to the Docker daemon socket at ${host}: ${why}`);
  }
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') {
    return new Error(`Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`);
  }
  return new Error(`error during connect to ${host}: ${why}`);
}

function isResponse(result: unknown): result is http.IncomingMessage {
  return typeof (result as http.IncomingMessage).statusCode === 'number';
}
