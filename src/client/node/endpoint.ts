/** Where an engine is, and what is needed to speak with it. */
export interface EngineEndpoint {
  /** `unix:///path`, `npipe:////./pipe/name`, `tcp://host:port`, `http(s)://host:port` or `ssh://[user@]host[:port][/socket]`. */
  readonly host: string;
  readonly tls?: EngineTls;
}

export interface EngineTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The engine's certificate is not checked. */
  readonly skipVerify?: boolean;
}

export type ParsedHost =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly secure: boolean }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly user?: string;
      readonly port?: number;
      readonly path?: string;
    };

/** Ports as Docker assumes them. */
const plainPort = 2375;
const tlsPort = 2376;

/** Reads an engine's address as DOCKER_HOST has it. Throws a plain Error that says what is wrong. */
export function parseHost({ host, tls }: EngineEndpoint): ParsedHost {
  if (host.startsWith('unix://')) {
    const path = host.slice('unix://'.length);
    if (!path.startsWith('/')) throw new Error(`${host}: the path of a unix socket must be absolute`);
    return { kind: 'socket', path };
  }
  if (host.startsWith('npipe://')) {
    const path = host.slice('npipe://'.length).replaceAll('/', '\\');
    if (path.length < 2) throw new Error(`${host}: the name of the pipe is missing`);
    return { kind: 'socket', path };
  }
  const [, scheme = '', rest = ''] = /^(tcp|http|https|ssh):\/\/(.+)$/.exec(host) ?? [];
  // `URL` leaves out the port that a scheme has by itself, so one without such a port is read.
  const url = scheme === '' ? undefined : tryUrl(`x://${rest}`);
  if (!url?.hostname) throw new Error(`${host}: give unix:///path/docker.sock, tcp://HOST:PORT or ssh://USER@HOST`);
  const port = url.port === '' ? undefined : Number(url.port);
  if (scheme === 'ssh') {
    if (url.password) throw new Error('ssh: a password in the address is not taken; use a key');
    if (url.hostname.startsWith('-')) throw new Error(`${host}: not a host name`);
    const user = decodeURIComponent(url.username);
    return {
      kind: 'ssh',
      host: url.hostname,
      ...(user && { user }),
      ...(port !== undefined && { port }),
      ...(url.pathname.length > 1 && { path: url.pathname }),
    };
  }
  if (url.pathname.length > 1) throw new Error(`${host}: an engine's address has no path`);
  const secure = scheme === 'https' || tls !== undefined;
  return { kind: 'tcp', host: url.hostname, port: port ?? (secure ? tlsPort : plainPort), secure };
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
