import { NetworkError } from '../network/libnetwork';

/** What kind of refusal it is (API-8). */
export type DaemonErrorKind =
  | 'not found'
  | 'invalid'
  | 'conflict'
  | 'forbidden'
  | 'not modified'
  | 'unavailable'
  | 'not implemented'
  | 'system';

const statusOf: Readonly<Record<DaemonErrorKind, number>> = {
  'not found': 404,
  invalid: 400,
  conflict: 409,
  forbidden: 403,
  'not modified': 304,
  unavailable: 503,
  'not implemented': 501,
  system: 500,
};

/** A refusal of the engine with Docker's own text; nothing was changed. */
export class DaemonError extends Error {
  constructor(
    readonly kind: DaemonErrorKind,
    message: string,
  ) {
    super(message);
    this.name = 'DaemonError';
  }

  /** Status code of the answer (API-8). */
  get status(): number {
    return statusOf[this.kind];
  }
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Any error as one of the engine. */
export function asDaemonError(thrown: unknown): DaemonError {
  if (thrown instanceof DaemonError) return thrown;
  if (thrown instanceof NetworkError) {
    const kind = thrown.reason === 'exhausted' ? 'system' : thrown.reason;
    return new DaemonError(kind, thrown.message);
  }
  return new DaemonError('system', messageOf(thrown));
}
