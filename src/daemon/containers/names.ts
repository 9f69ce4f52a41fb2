import type { Random } from '../../sim';
import { DaemonError } from '../errors';

const adjectives =
  'admiring agitated amazing bold brave busy charming clever cool dazzling determined eager ecstatic elastic elegant epic festive focused friendly gallant gifted goofy gracious happy hopeful hungry infallible inspiring jolly keen kind laughing loving lucid magical modest musing mystifying nervous nifty nostalgic objective optimistic peaceful pensive practical priceless quirky quizzical relaxed romantic serene sharp silly sleepy stoic strange suspicious sweet tender thirsty trusting upbeat vibrant vigilant vigorous wizardly wonderful xenodochial youthful zealous zen'.split(
    ' ',
  );
const surnames =
  'albattani almeida archimedes babbage banach bardeen bell bohr borg bose carson cerf clarke cray curie darwin davinci dijkstra easley einstein engelbart euclid euler faraday fermat fermi feynman franklin galileo gates goldberg goodall hamilton hawking heisenberg hopper hypatia jang jepsen johnson jones kalam keldysh kepler knuth lamarr leakey lovelace mahavira mayer mccarthy mendel mendeleev mirzakhani morse newton nobel noether pascal pasteur payne perlman ptolemy ride ritchie saha sammet shannon shaw sinoussi stonebraker swartz tesla thompson torvalds turing villani wilson wing wozniak wright yalow yonath'.split(
    ' ',
  );

/** `adjective_surname` that is not taken, as the engine names containers and services. */
export function randomName(random: Random, taken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${random.pick(adjectives)}_${random.pick(surnames)}${attempt > 5 ? random.integer(0, 9) : ''}`;
    if (!taken(name)) return name;
  }
}

/** Throws 400 for what cannot be a container's name. */
export function checkName(name: string): void {
  if (/^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) return;
  throw new DaemonError('invalid', `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
}
