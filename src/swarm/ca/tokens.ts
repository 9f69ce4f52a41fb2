import type { NodeRole } from '../../api';
import type { Random } from '../../sim';
import type { StoredCluster } from '../objects';
import { StatusError } from '../status-error';
import { randomBase64 } from './root';
import { sha256 } from './sha256';

/** A join token that cannot be used with this cluster at all; the engine answers with the text alone (CTRL-41). */
export class JoinTokenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JoinTokenError';
  }
}

export interface ParsedJoinToken {
  /** SHA-256 of the root certificate, 64 hexadecimal digits. */
  readonly digest: string;
  readonly secret: string;
}

/** `SWMTKN-1-<digest>-<secret>`: 50 base-36 digits of the root's SHA-256 and a secret of 25 (CTRL-40). */
export function newJoinToken(random: Random, trustRoot: string): string {
  return `SWMTKN-1-${digestOf(trustRoot)}-${random.base36(25)}`;
}

/** The token with the digest of another root; its secret stays (CTRL-40). */
export function withDigest(token: string, trustRoot: string): string {
  return `SWMTKN-1-${digestOf(trustRoot)}-${token.split('-')[3]}`;
}

/** Throws JoinTokenError when the token is malformed (CTRL-41). */
export function parseJoinToken(token: string): ParsedJoinToken {
  const match = /^SWMTKN-(?:1|2-[01])-([0-9a-z]{50})-([0-9a-z]{25})$/.exec(token);
  if (!match) throw new JoinTokenError('invalid join token');
  let digest = 0n;
  for (const digit of match[1]!) digest = digest * 36n + BigInt(Number.parseInt(digit, 36));
  if (digest >= 1n << 256n) throw new JoinTokenError('invalid join token');
  return { digest: digest.toString(16).padStart(64, '0'), secret: match[2]! };
}

/**
 * The role that a token gives (CTRL-40). Throws JoinTokenError when it is malformed or of another root, and
 * StatusError when its secret is not (or no longer) one of the cluster's (CTRL-41).
 */
export function roleOfToken(cluster: StoredCluster, token: string): NodeRole {
  const { digest } = parseJoinToken(token);
  if (digest !== sha256(cluster.TLSInfo.TrustRoot ?? '')) {
    throw new JoinTokenError(`remote CA does not match fingerprint. Expected: ${digest}`);
  }
  if (token === cluster.JoinTokens.Manager) return 'manager';
  if (token === cluster.JoinTokens.Worker) return 'worker';
  throw new StatusError('InvalidArgument', 'A valid join token is necessary to join this cluster');
}

/** `SWMKEY-1-` and 32 random bytes in unpadded base64 (CTRL-50). */
export function newUnlockKey(random: Random): string {
  return `SWMKEY-1-${randomBase64(random, 32).replace(/=+$/, '')}`;
}

function digestOf(trustRoot: string): string {
  return BigInt(`0x${sha256(trustRoot)}`)
    .toString(36)
    .padStart(50, '0');
}
