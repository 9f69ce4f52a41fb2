import type { ObjectKind } from '../objects';

/** A write that the store refuses; the control API turns it into a gRPC status. */
export class StoreError extends Error {
  constructor(
    readonly reason: 'exists' | 'not found' | 'name conflict' | 'sequence conflict' | 'no leader',
    message: string,
    readonly kind?: ObjectKind,
  ) {
    super(message);
    this.name = 'StoreError';
  }
}
