/** The gRPC codes that the managers' control API answers with. */
export type StatusCode =
  | 'InvalidArgument'
  | 'FailedPrecondition'
  | 'OutOfRange'
  | 'NotFound'
  | 'AlreadyExists'
  | 'PermissionDenied'
  | 'Unauthenticated'
  | 'Unimplemented'
  | 'Unavailable'
  | 'Unknown'
  | 'DeadlineExceeded'
  | 'Internal'
  | 'Aborted';

/**
 * A refusal by the control API. The engine turns it into the status of API-8 and the text
 * `rpc error: code = <code> desc = <desc>` (API-9).
 */
export class StatusError extends Error {
  constructor(
    readonly code: StatusCode,
    readonly desc: string,
  ) {
    super(`rpc error: code = ${code} desc = ${desc}`);
    this.name = 'StatusError';
  }
}
