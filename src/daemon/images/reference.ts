import { DaemonError } from '../errors';

/** An image name taken apart. */
export interface Reference {
  /** Familiar: without the default domain and `library/`. */
  readonly repository: string;
  /** Absent when only a digest was given. */
  readonly tag?: string;
  /** `sha256:<64 hex>`. */
  readonly digest?: string;
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const domain =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const tagPattern = /^[\w][\w.-]{0,127}$/;

function isDomain(part: string): boolean {
  return part === 'localhost' || /[.:]/.test(part) || part !== part.toLowerCase();
}

/** Names that were read before; each task asks for the same few again. */
const readBefore = new Map<string, Reference>();
const mostRemembered = 1_000;

/** Reads an image name; throws `invalid reference format` texts as the engine does. The tag is `latest` when none is given. */
export function parseReference(text: string): Reference {
  let reference = readBefore.get(text);
  if (!reference) {
    reference = read(text);
    if (readBefore.size >= mostRemembered) readBefore.clear();
    readBefore.set(text, reference);
  }
  return reference;
}

function read(text: string): Reference {
  const invalid = () => new DaemonError('invalid', 'invalid reference format');
  let rest = text;
  let digest: string | undefined;
  const at = rest.indexOf('@');
  if (at >= 0) {
    digest = rest.slice(at + 1);
    rest = rest.slice(0, at);
    if (!/^sha256:[a-f0-9]{64}$/.test(digest)) throw invalid();
  }
  let tag: string | undefined;
  const colon = rest.lastIndexOf(':');
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1);
    rest = rest.slice(0, colon);
    if (!tagPattern.test(tag)) throw invalid();
  }
  if (rest === '') throw invalid();
  let parts = rest.split('/');
  let host: string | undefined;
  if (parts.length > 1 && isDomain(parts[0]!)) host = parts.shift()!;
  if (host !== undefined && !domain.test(host)) throw invalid();
  if (host === 'docker.io' || host === 'index.docker.io') {
    host = undefined;
    if (parts.length === 2 && parts[0] === 'library') parts = [parts[1]!];
  } else if (host === undefined && parts.length === 2 && parts[0] === 'library') {
    parts = [parts[1]!];
  }
  if (parts.some((part) => part !== part.toLowerCase())) {
    const full = parts.length === 1 && host === undefined ? `library/${parts[0]}` : rest;
    throw new DaemonError('invalid', `invalid reference format: repository name (${full}) must be lowercase`);
  }
  if (!parts.every((part) => component.test(part))) throw invalid();
  const repository = host === undefined ? parts.join('/') : `${host}/${parts.join('/')}`;
  return {
    repository,
    ...(tag !== undefined || digest === undefined ? { tag: tag ?? 'latest' } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** `repository:tag` when there is a tag, else `repository@digest`. */
export function familiarName(reference: Reference): string {
  return reference.tag !== undefined
    ? `${reference.repository}:${reference.tag}`
    : `${reference.repository}@${reference.digest}`;
}
