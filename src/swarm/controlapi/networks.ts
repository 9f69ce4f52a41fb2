import ipaddr from 'ipaddr.js';
import type { IPAMConfig, NetworkSpec } from '../../api';
import { compareTaskStates } from '../../api';
import { needsIngress, networksOf } from '../allocator';
import { predefinedLabel } from '../ca';
import type { StoredNetwork, StoredTask } from '../objects';
import { StatusError } from '../status-error';
import type { ControlAPIContext } from './context';
import { required, write } from './context';
import { invalid, validateName } from './names';

const drivers: ReadonlySet<string> = new Set(['', 'overlay', 'bridge', 'host', 'macvlan', 'ipvlan', 'null']);

/** Creates a network; its subnets come later, or never (ALLOC-15). Throws StatusError (ALLOC-18). */
export function createNetwork(context: ControlAPIContext, spec: NetworkSpec): StoredNetwork {
  const { store, random } = context;
  validateNetworkSpec(spec);
  if (spec.Ingress) {
    if (!['', 'overlay'].includes(spec.DriverConfiguration?.Name ?? '')) {
      throw new StatusError('Unimplemented', 'only overlay driver is currently supported for ingress network');
    }
    for (const { ID, Spec } of store.all('network')) {
      if (Spec.Ingress) throw new StatusError('AlreadyExists', `ingress network (${ID}) is already present`);
    }
  }
  return write(context, spec.Name, (tx) => {
    return tx.create('network', { ID: random.objectId(), Spec: { ...spec, Scope: 'swarm' } });
  });
}

/** Removes a network that no service and no live task needs (ALLOC-19). */
export function removeNetwork(context: ControlAPIContext, networkID: string): void {
  const network = required(context, 'network', networkID);
  if (network.Predefined) {
    throw refused(`network ${networkID} (${network.Spec.Name}) is a swarm predefined network and cannot be removed`);
  }
  if (network.Spec.Ingress) checkIngressUnused(context);
  else checkUnused(context, networkID);
  write(context, networkID, (tx) => tx.remove('network', networkID));
}

function checkIngressUnused({ store }: ControlAPIContext): void {
  for (const service of store.all('service')) {
    if (!needsIngress(service.Spec)) continue;
    throw refused(`ingress network cannot be removed because service ${service.ID} depends on it`);
  }
}

function checkUnused({ store }: ControlAPIContext, networkID: string): void {
  for (const service of store.all('service')) {
    if (!networksOf(service.Spec).includes(networkID)) continue;
    throw refused(`network ${networkID} is in use by service ${service.ID}`);
  }
  for (const task of store.all('task')) {
    if (!isLive(task) || !usesNetwork(task, networkID)) continue;
    throw refused(`network ${networkID} is in use by task ${task.ID}`);
  }
}

function isLive(task: StoredTask): boolean {
  return compareTaskStates(task.DesiredState, 'running') <= 0 && compareTaskStates(task.Status.State, 'running') <= 0;
}

function usesNetwork(task: StoredTask, networkID: string): boolean {
  return (
    task.Spec.Networks?.some((config) => config.Target === networkID) ||
    task.NetworksAttachments?.some(({ Network }) => Network.ID === networkID) ||
    false
  );
}

function refused(desc: string): StatusError {
  return new StatusError('FailedPrecondition', desc);
}

function validateNetworkSpec(spec: NetworkSpec): void {
  if (spec.Ingress && spec.Attachable) throw invalid('ingress network cannot be attachable');
  validateName(spec.Name);
  if (predefinedLabel in (spec.Labels ?? {})) {
    throw new StatusError(
      'PermissionDenied',
      `label ${predefinedLabel} is for internally created predefined networks and cannot be applied by users`,
    );
  }
  const driver = spec.DriverConfiguration?.Name ?? '';
  if (!drivers.has(driver)) throw invalid(`error during lookup of plugin ${driver}`);
  const ipam = spec.IPAMOptions?.Driver?.Name ?? '';
  if (ipam !== '' && ipam !== 'default') throw invalid(`error during lookup of plugin ${ipam}`);
  for (const config of spec.IPAMOptions?.Configs ?? []) validateIPAMConfig(config);
}

function validateIPAMConfig(config: IPAMConfig | null | undefined): void {
  if (!config) throw invalid('ipam configuration: cannot be empty');
  const { Subnet = '', Range, Gateway } = config;
  const subnet = parseCIDR(Subnet);
  if (!subnet) throw invalid(`ipam configuration: invalid subnet ${Subnet}`);
  const contains = (address: Address): boolean => address.kind() === subnet[0].kind() && address.match(subnet);
  if (Range) {
    const range = parseCIDR(Range);
    if (!range) throw invalid(`ipam configuration: invalid range ${Range}`);
    if (!contains(range[0])) throw invalid(`ipam configuration: subnet ${Subnet} does not contain range ${Range}`);
  }
  if (Gateway) {
    const gateway = parseAddress(Gateway);
    if (!gateway) throw invalid(`ipam configuration: invalid gateway ${Gateway}`);
    if (!contains(gateway)) {
      throw invalid(`ipam configuration: subnet ${Subnet} does not contain gateway ${Gateway}`);
    }
  }
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Only the forms that Go reads: four decimal parts, or colons. */
function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

function parseCIDR(text: string): [Address, number] | undefined {
  const [host = '', bits = '', ...more] = text.split('/');
  const address = parseAddress(host);
  if (!address || more.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  return Number(bits) <= (address.kind() === 'ipv4' ? 32 : 128) ? [address, Number(bits)] : undefined;
}
