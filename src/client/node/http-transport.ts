import http from 'node:http';
import type { Dialled, Dialler, DialRequest } from '../dial-transport';
import { DialTransport } from '../dial-transport';
import { parseHost } from './endpoint';
import { answered, upgraded } from './node-answers';

/**
 * A transport over plain HTTP on a unix socket, named pipe or TCP port, with nothing but Node: for the programs of this
 * project on its own sockets. What real engines need besides is in `realEngine`.
 */
export class HttpTransport extends DialTransport {
  constructor(host: string, label = host) {
    super(label, httpDialler(host));
  }
}

function httpDialler(host: string): Dialler {
  const to = parseHost({ host });
  if (to.kind === 'ssh' || (to.kind === 'tcp' && to.secure)) {
    throw new Error(`${host}: give unix:///path/docker.sock or tcp://HOST:PORT`);
  }
  const place = to.kind === 'socket' ? { socketPath: to.path } : { host: bare(to.host), port: to.port };
  const agent = new http.Agent({ keepAlive: true });
  return {
    dial: (request) => dial({ ...place, agent }, request),
    close: () => agent.destroy(),
  };
}

/** A host without the brackets of an IPv6 address. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function dial(
  place: http.RequestOptions,
  { method, path, headers, body, signal, hijack }: DialRequest,
): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const outgoing = http.request({
      ...place,
      method,
      path,
      ...(signal && { signal }),
      headers: {
        Host: 'docker',
        ...(body && { 'Content-Length': body.length }),
        ...(hijack && { Connection: 'Upgrade', Upgrade: 'tcp' }),
        ...headers,
      },
    });
    outgoing.on('response', (response) => resolve(answered(response)));
    outgoing.on('upgrade', (_response, socket, head) => resolve(upgraded(socket, head)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
