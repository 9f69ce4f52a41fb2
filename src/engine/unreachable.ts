/** No engine answers at this node: it is switched off, or there is none of that name. */
export class EngineUnreachable extends Error {
  constructor(readonly node: string) {
    super(`Cannot connect to the Docker daemon of ${node}. Is the docker daemon running?`);
    this.name = 'EngineUnreachable';
  }
}
