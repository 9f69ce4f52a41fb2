import { DialTransport } from '../../client/dial-transport';
import type { EngineEndpoint } from '../../client/node/endpoint';
import type { Transport } from '../../client/transport';
import { refusalOf } from '../../client/transport';
import type { OpenCluster } from './session';

/** A real engine to connect to. */
export interface RealPlace {
  /** For people: the context's name, or the address. */
  readonly label: string;
  readonly endpoint: EngineEndpoint;
}

/** The way to a real engine. What it takes to get there is loaded now. */
export async function openReal({ label, endpoint }: RealPlace): Promise<OpenCluster> {
  const { realEngine } = await import('../../client/node/real-engine');
  const transport = withoutLab(new DialTransport(label, realEngine(endpoint)));
  return {
    nodeNames: () => [label],
    transportFor: () => transport,
    close: async () => transport.close(),
  };
}

/**
 * A cluster that one connects to is an engine and no more, even where a simulation answers: its time and its machines are
 * not ours, and when it goes away it is lost like any other.
 */
export function withoutLab(transport: Transport): Transport {
  const isLab = (path: string) => /^\/lab(\/|\?|$)/.test(path);
  const notFound = { message: 'page not found' };
  return {
    label: transport.label,
    request: async (request) =>
      isLab(request.path) ? { status: 404, headers: {}, body: notFound } : transport.request(request),
    open: async (request) => {
      if (isLab(request.path)) throw refusalOf(request, 404, notFound);
      return transport.open(request);
    },
    hijack: (request) => transport.hijack(request),
    close: () => transport.close(),
  };
}
