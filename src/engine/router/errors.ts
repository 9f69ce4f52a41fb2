import { DaemonError } from '../../daemon';
import { NetworkError } from '../../network/libnetwork';
import { JoinTokenError } from '../../swarm/ca';
import type { StatusCode } from '../../swarm/status-error';
import { StatusError } from '../../swarm/status-error';
import { StoreError } from '../../swarm/store';
import { EngineError } from '../http';

const statusOfCode: Readonly<Record<StatusCode, number>> = {
  InvalidArgument: 400,
  FailedPrecondition: 400,
  OutOfRange: 400,
  NotFound: 404,
  AlreadyExists: 409,
  PermissionDenied: 403,
  Unauthenticated: 401,
  Unimplemented: 501,
  Unavailable: 503,
  Unknown: 500,
  DeadlineExceeded: 500,
  Internal: 500,
  Aborted: 500,
};

const statusOfNetwork: Readonly<Record<NetworkError['reason'], number>> = {
  'not found': 404,
  conflict: 409,
  forbidden: 403,
  invalid: 400,
  exhausted: 500,
  system: 500,
};

/** Status and text of any error that a handler throws (API-8, API-9). Errors of unknown kinds are 500. */
export function refusal(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof EngineError) return { status: error.status, message: error.message };
  if (error instanceof StatusError) return { status: statusOfCode[error.code], message: error.message };
  if (error instanceof NetworkError) return { status: statusOfNetwork[error.reason], message: error.message };
  if (error instanceof DaemonError) return { status: error.status, message: error.message };
  // A token of another cluster, or none: the text alone (CTRL-41).
  if (error instanceof JoinTokenError) return { status: 500, message: error.message };
  if (error instanceof StoreError) {
    return { status: 500, message: `rpc error: code = Unknown desc = ${error.message}` };
  }
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && typeof message === 'string') return { status, message };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
