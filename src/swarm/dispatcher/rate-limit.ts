import type { Micros } from '../../sim';
import { second } from '../../sim';

const period = 8 * second;
const most = 3;

/** Registrations of nodes that come too often are refused: more than 3 in 8 s (ORCH-108). */
export class RateLimit {
  readonly #recent = new Map<string, Micros[]>();

  /** False when the node registered too often; such an attempt does not count for later ones. */
  admit(nodeID: string, now: Micros): boolean {
    const recent = (this.#recent.get(nodeID) ?? []).filter((at) => now - at < period);
    if (recent.length >= most) return false;
    recent.push(now);
    this.#recent.set(nodeID, recent);
    return true;
  }

  forget(nodeID: string): void {
    this.#recent.delete(nodeID);
  }
}
