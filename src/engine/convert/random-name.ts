import type { Random } from '../../sim';

const moods = (
  'admiring agile amused bold brave busy calm clever cool eager elegant fervent focused friendly gifted happy hopeful ' +
  'hungry jolly keen kind laughing loving modest nifty nostalgic peaceful pensive quirky relaxed serene sharp silly ' +
  'stoic sweet tender thirsty upbeat vibrant vigilant wizardly zealous zen'
).split(' ');
const people = (
  'babbage bell bohr boole carson cerf cori curie darwin dijkstra einstein euclid euler faraday fermi feynman franklin ' +
  'galileo gauss germain goodall hamilton hawking hopper hypatia jones kepler knuth lamport lovelace maxwell mcclintock ' +
  'meitner mendel newton noether pasteur perlman ritchie sammet shannon tesla thompson torvalds turing wilson wozniak'
).split(' ');

/** A name for what the user did not name: `adjective_surname` (API-26). */
export function randomName(random: Random): string {
  return `${random.pick(moods)}_${random.pick(people)}`;
}
