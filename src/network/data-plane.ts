import { Links } from './gossip/links';
import { Loss } from './gossip/loss';

/** The ways that packets between containers of different nodes take: VXLAN, and for encrypted networks ESP around it. */
export class DataPlane {
  readonly vxlan = new Links();
  readonly esp = new Links();
  readonly loss = new Loss();

  reaches(a: number, b: number, encrypted: boolean): boolean {
    return this.vxlan.reaches(a, b) && (!encrypted || this.esp.reaches(a, b));
  }
}
