import type { Micros, Simulation } from '../../../sim';
import { millisecond } from '../../../sim';
import type { Wait } from '../process';
import { sleep } from '../process';

/**
 * What turns of loops cost, so that no loop holds virtual time still or fills it with events: the first thousand turns
 * without a rest are quick, the next thousands less, and one that never rests is slow.
 */
export class Pace {
  #turns = 0;
  #last: Micros = 0;

  turn(sim: Simulation): Wait {
    const cost = this.#turns < 1_000 ? millisecond / 10 : this.#turns < 10_000 ? millisecond : 20 * millisecond;
    // It rested meanwhile.
    if (sim.now > this.#last) this.#turns = 0;
    this.#turns++;
    this.#last = sim.now + cost;
    return sleep(sim, cost);
  }
}
