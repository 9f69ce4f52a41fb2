import type { Profile } from '../../api';

/** A version of the Engine API as [major, minor]. */
export type ApiVersion = readonly [number, number];

export function parseVersion(text: string): ApiVersion {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return [major, minor];
}

/** Negative, zero or positive as `a` is older than, the same as or newer than `b`. */
export function compareVersions(a: ApiVersion, b: ApiVersion): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** Whether `version` is `major.minor` or newer. */
export function atLeast(version: ApiVersion, text: string): boolean {
  return compareVersions(version, parseVersion(text)) >= 0;
}

/** A request's path, split: version prefix (API-1), the route's path, and the query without its question mark. */
export interface SplitPath {
  readonly version?: string;
  readonly path: string;
  readonly query: string;
}

export function splitPath(path: string): SplitPath {
  const mark = path.indexOf('?');
  const whole = mark < 0 ? path : path.slice(0, mark);
  const query = mark < 0 ? '' : path.slice(mark + 1);
  const prefix = /^\/v([0-9.]+)(\/.*)$/.exec(whole);
  return prefix ? { version: prefix[1]!, path: prefix[2]!, query } : { path: whole, query };
}

/** Why a version asked for is refused, or nothing (API-3). */
export function versionRefusal(asked: string, profile: Profile): string | undefined {
  const version = parseVersion(asked);
  if (compareVersions(version, parseVersion(profile.minApiVersion)) < 0) {
    return `client version ${asked} is too old. Minimum supported API version is ${profile.minApiVersion}, please upgrade your client to a newer version`;
  }
  if (compareVersions(version, parseVersion(profile.apiVersion)) > 0) {
    return `client version ${asked} is too new. Maximum supported API version is ${profile.apiVersion}`;
  }
  return undefined;
}
