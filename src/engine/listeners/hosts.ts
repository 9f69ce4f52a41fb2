/** Where an engine listens, as Docker's `--host` writes it. */
export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  /** A named pipe of Windows; `path` as Windows writes it. */
  | { readonly kind: 'npipe'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

/**
 * Reads `unix:///path`, `npipe:////./pipe/NAME` or `tcp://127.0.0.1:PORT`. Throws a plain Error for what is none, and for TCP addresses that
 * other machines could reach: the simulated engine has no access control.
 */
export function parseListenAddress(text: string): ListenAddress {
  if (text.startsWith('npipe://')) {
    const name = /^(?:\/\/|\\\\)\.[/\\]pipe[/\\]([^/\\]+)$/.exec(text.slice('npipe://'.length))?.[1];
    if (name === undefined) throw new Error(`${text}: give npipe:////./pipe/NAME`);
    return { kind: 'npipe', path: `\\\\.\\pipe\\${name}` };
  }
  if (text.startsWith('unix://')) {
    const path = text.slice('unix://'.length);
    if (!path.startsWith('/')) throw new Error(`${text}: the path of a unix socket must be absolute`);
    // The kernel's limit for the path of a socket.
    if (path.length > 107) throw new Error(`${text}: the path of a unix socket must be shorter than 108 bytes`);
    return { kind: 'unix', path };
  }
  const tcp = /^tcp:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(text);
  if (!tcp) throw new Error(`${text}: give unix:///path/docker.sock or tcp://127.0.0.1:PORT`);
  const [, host = '', digits = ''] = tcp;
  if (!loopback.test(host)) {
    throw new Error(`${text}: only loopback addresses are listened on, as tcp://127.0.0.1:${digits}`);
  }
  const port = Number(digits);
  if (port > 65_535) throw new Error(`${text}: no such port`);
  return { kind: 'tcp', host: host.replace(/^\[|\]$/g, ''), port };
}

/** The address as clients write it, with the port that was really taken. */
export function formatListenAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix://${address.path}`;
  if (address.kind === 'npipe') return `npipe://${address.path.replaceAll('\\', '/')}`;
  return `tcp://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
