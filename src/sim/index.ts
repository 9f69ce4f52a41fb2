/** The ground: virtual clock, event queue, seeded random numbers and ids. Knows nothing of swarms. */
export { Random } from './random';
export { Simulation, type Timer } from './simulation';
export * from './time';
