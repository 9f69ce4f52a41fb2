import type { Config, ConfigSpec, Driver, Secret, SecretSpec } from '../../api';
import { StatusError } from '../status-error';
import type { Store } from '../store';
import type { ControlAPIContext } from './context';
import { required, write } from './context';
import { invalid, validateObjectName } from './names';

/** Payloads are smaller than this, in bytes (API-29). */
export const maxSecretSize = 512_000;
export const maxConfigSize = 1_024_000;

/** Throws StatusError for a bad name or size (API-26, API-29) or a name that is taken (CTRL-17). */
export function createSecret(context: ControlAPIContext, Spec: SecretSpec): Secret {
  validateObjectName(Spec.Name);
  if (Spec.Driver) checkDriver(Spec.Driver);
  else checkSize('secret', Spec.Data, maxSecretSize);
  return write(context, Spec.Name, (tx) => tx.create('secret', { ID: context.random.objectId(), Spec }));
}

/** As `createSecret`. */
export function createConfig(context: ControlAPIContext, Spec: ConfigSpec): Config {
  validateObjectName(Spec.Name);
  checkSize('config', Spec.Data, maxConfigSize);
  return write(context, Spec.Name, (tx) => tx.create('config', { ID: context.random.objectId(), Spec }));
}

/** Sets a secret's labels; nothing else of it may change (CTRL-18). */
export function updateSecret(context: ControlAPIContext, id: string, version: number, spec: SecretSpec): Secret {
  const secret = required(context, 'secret', id);
  checkLabelsOnly(secret.Spec, spec);
  const Spec = { ...secret.Spec, Labels: spec.Labels ?? {} };
  return write(context, spec.Name, (tx) => tx.update('secret', { ...secret, Spec, Version: { Index: version } }));
}

/** Sets a config's labels; nothing else of it may change (CTRL-18). */
export function updateConfig(context: ControlAPIContext, id: string, version: number, spec: ConfigSpec): Config {
  const config = required(context, 'config', id);
  checkLabelsOnly(config.Spec, spec);
  const Spec = { ...config.Spec, Labels: spec.Labels ?? {} };
  return write(context, spec.Name, (tx) => tx.update('config', { ...config, Spec, Version: { Index: version } }));
}

/** Refused while a service's spec refers to it, tasks or not (API-29). */
export function removeSecret(context: ControlAPIContext, id: string): void {
  const { Spec } = required(context, 'secret', id);
  checkUnused('secret', Spec.Name, usersOf(context.store, 'Secrets', 'SecretID', id));
  write(context, id, (tx) => tx.remove('secret', id));
}

/** As `removeSecret`. */
export function removeConfig(context: ControlAPIContext, id: string): void {
  const { Spec } = required(context, 'config', id);
  checkUnused('config', Spec.Name, usersOf(context.store, 'Configs', 'ConfigID', id));
  write(context, id, (tx) => tx.remove('config', id));
}

/** A secret may come from a plugin instead of having data; there are no plugins here. */
function checkDriver({ Name }: Driver): never {
  if (!Name) throw invalid('secret driver must have a name');
  throw new StatusError('Unknown', `plugin "${Name}" not found`);
}

function checkSize(kind: string, data: string | undefined, limit: number): void {
  const size = sizeOfBase64(data ?? '');
  if (size === 0 || size >= limit) throw invalid(`${kind} data must be larger than 0 and less than ${limit} bytes`);
}

/** The number of bytes that a base64 text stands for. */
function sizeOfBase64(text: string): number {
  return Math.floor((text.replace(/[=\s]+/g, '').length * 3) / 4);
}

function checkLabelsOnly(before: SecretSpec, now: SecretSpec): void {
  const renamed = now.Name !== before.Name;
  const rewritten = Boolean(now.Data) && now.Data !== before.Data;
  if (renamed || rewritten) throw invalid('only updates to Labels are allowed');
}

/** Names of the services whose spec refers to a secret or config. */
function usersOf(store: Store, list: 'Secrets' | 'Configs', member: 'SecretID' | 'ConfigID', id: string): string[] {
  const names: string[] = [];
  for (const { Spec } of store.all('service')) {
    const references: readonly object[] = Spec.TaskTemplate.ContainerSpec?.[list] ?? [];
    if (references.some((one) => (one as Record<string, unknown>)[member] === id)) names.push(Spec.Name);
  }
  return names;
}

function checkUnused(kind: string, name: string, users: readonly string[]): void {
  if (users.length === 0) return;
  const services = users.length === 1 ? 'service' : 'services';
  throw invalid(`${kind} '${name}' is in use by the following ${services}: ${users.join(', ')}`);
}
