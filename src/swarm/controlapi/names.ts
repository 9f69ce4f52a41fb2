import { StatusError } from '../status-error';

const dnsLabel = /^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*$/;
const objectName = /^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/;

/** Throws unless the text can name a service or network (API-26). */
export function validateName(name: string | undefined): void {
  if (!name) throw invalid('meta: name must be provided');
  if (!dnsLabel.test(name)) throw invalid('name must be valid as a DNS name component');
  if (name.length > 63) throw invalid('name must be 63 characters or fewer');
}

/** Throws unless the text can name a secret or config (API-26). */
export function validateObjectName(name: string | undefined): void {
  if (!name) throw invalid('name must be provided');
  if (name.length > 64 || !objectName.test(name)) {
    throw invalid(
      'invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]',
    );
  }
}

/** The refusal of bad input. */
export function invalid(desc: string): StatusError {
  return new StatusError('InvalidArgument', desc);
}
