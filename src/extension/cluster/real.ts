import { DialTransport } from '../../client/dial-transport';
import type { EngineEndpoint } from '../../client/node/endpoint';
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
  const transport = new DialTransport(label, realEngine(endpoint));
  return {
    nodeNames: () => [label],
    transportFor: () => transport,
    close: async () => transport.close(),
  };
}
