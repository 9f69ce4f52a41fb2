import type { NetworkCreateRequest, NetworkResource } from '../../api';
import type { LocalNetwork } from '../../network/libnetwork';
import type { Micros } from '../../sim';
import { hour, millisecond, minute, parseTimestamp, second } from '../../sim';
import { StatusError } from '../../swarm/status-error';
import { checkIpam, convertNetwork } from '../convert/network';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { projectLocalNetwork, projectManagerNetwork } from '../projection/network';
import type { FilterArgs } from '../router/filters';
import { acceptOnly, anyOf, isTrue, matchLabels, parseFilters, readFlag } from '../router/filters';
import type { NodeRoute } from './answers';
import { created, noContent, ok, reads, writes } from './answers';
import { moment } from './containers-logs';
import { checkLocal } from './network-checks';

const filterKeys = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];
const builtIn = new Set(['bridge', 'host', 'none']);
/** Drivers that an engine has without plugins. */
const drivers = new Set(['bridge', 'host', 'null', 'overlay', 'macvlan', 'ipvlan']);

/** Networks of the swarm and of this node, as one list (API-35…37). */
export const networkRoutes: readonly NodeRoute[] = [
  reads('GET', '/networks', (context) => context.engine.afterWaiting(() => list(context))),
  writes('POST', '/networks/create', create),
  writes('POST', '/networks/prune', prune),
  reads('GET', '/networks/{id}', (context) => context.engine.afterWaiting(() => inspect(context))),
  writes('DELETE', '/networks/{id}', remove),
];

/** What the swarm has, on a manager; the predefined copies of `bridge` and `host` are not shown. */
function* swarmNetworks(engine: NodeEngine): Iterable<NetworkResource> {
  const swarm = engine.managedSwarm;
  if (!swarm || swarm.leaderless(engine.membership?.nodeID ?? '') !== undefined) return;
  for (const network of swarm.store.all('network')) {
    if (!network.Predefined) yield projectManagerNetwork(network, engine.profile);
  }
}

function showLocal(engine: NodeEngine, network: LocalNetwork, detail?: { readonly verbose: boolean }): NetworkResource {
  const containers = detail ? engine.network.endpoints(network.id) : {};
  const base = projectLocalNetwork(network, engine.profile, containers);
  if (network.scope !== 'swarm') return base;
  return { ...base, ...engine.network.overlayDetails(network.id, detail?.verbose ?? false) };
}

function list({ engine, query }: RouteContext<NodeEngine>) {
  const filters = parseFilters(query, engine.profile);
  acceptOnly(filters, filterKeys, engine.profile.name === '20.10');
  for (const type of filters.get('type') ?? []) {
    if (type !== 'builtin' && type !== 'custom') {
      throw new EngineError(engine.profile.name === '20.10' ? 500 : 400, `invalid filter: 'type'='${type}'`);
    }
  }
  for (const value of filters.get('dangling') ?? []) {
    if (!/^(?:1|true|0|false)$/.test(value)) {
      throw new EngineError(400, `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`);
    }
  }
  const found: NetworkResource[] = [];
  const seen = new Set<string>();
  for (const network of swarmNetworks(engine)) {
    seen.add(network.Id);
    // The managers look names up exactly; the engine's own list takes parts of names.
    const exactName = anyOf(filters, 'name', (name) => network.Name.toLowerCase() === name.toLowerCase());
    if (exactName && fits(engine, filters, network)) found.push(network);
  }
  for (const local of engine.network.list()) {
    if (seen.has(local.id)) continue;
    const network = showLocal(engine, local);
    if (fits(engine, filters, network)) found.push(network);
  }
  return ok(found);
}

function fits(engine: NodeEngine, filters: FilterArgs, network: NetworkResource): boolean {
  return (
    anyOf(filters, 'driver', (driver) => driver === network.Driver) &&
    anyOf(filters, 'name', (name) => network.Name.includes(name)) &&
    anyOf(filters, 'id', (id) => network.Id.includes(id)) &&
    matchLabels(filters, 'label', network.Labels) &&
    anyOf(filters, 'scope', (scope) => scope === network.Scope) &&
    anyOf(filters, 'type', (type) => (type === 'builtin') === builtIn.has(network.Name)) &&
    anyOf(filters, 'dangling', (dangling) => isTrue(dangling) === isDangling(engine, network))
  );
}

/** Nobody on this node uses it; the built-in ones never count. */
function isDangling(engine: NodeEngine, network: NetworkResource): boolean {
  if (builtIn.has(network.Name)) return false;
  if (network.Containers === null) return true;
  return Object.keys(engine.network.endpoints(network.Id)).every((id) => id.startsWith('lb-') || id === 'ingress-sbox');
}

function inspect({ engine, params, query }: RouteContext<NodeEngine>) {
  const verbose = readFlag(query, 'verbose');
  const scope = query.get('scope') ?? '';
  return ok(findNetwork(engine, params.id!, scope, verbose));
}

/** By full ID, then exact name, then the beginning of the ID; this node's view before the managers' (API-35). */
export function findNetwork(engine: NodeEngine, term: string, scope = '', verbose = false): NetworkResource {
  const candidates = new Map<string, () => NetworkResource>();
  const names = new Map<string, string>();
  for (const local of engine.network.list()) {
    if (scope !== '' && local.scope !== scope) continue;
    candidates.set(local.id, () => showLocal(engine, local, { verbose }));
    names.set(local.id, local.name);
  }
  if (scope === '' || scope === 'swarm') {
    for (const network of swarmNetworks(engine)) {
      if (candidates.has(network.Id)) continue;
      candidates.set(network.Id, () => network);
      names.set(network.Id, network.Name);
    }
  }
  const exact = candidates.get(term);
  if (exact) return exact();
  const predefined = predefinedTwin(engine, term, scope);
  if (predefined) return predefined;
  const ids = [...candidates.keys()];
  const byName = ids.filter((id) => names.get(id) === term);
  const byPrefix = byName.length > 0 || term === '' ? [] : ids.filter((id) => id.startsWith(term));
  const [chosen, ...others] = byName.length > 0 ? byName : byPrefix;
  if (chosen === undefined) throw new EngineError(404, `network ${term} not found`);
  if (others.length === 0) return candidates.get(chosen)!();
  const how = byName.length > 0 ? 'name' : 'ID prefix';
  throw new EngineError(400, `${others.length + 1} matches found based on ${how}: network ${term} is ambiguous`);
}

/** A swarm's hidden copy of `bridge` or `host` (ALLOC-12): found by its ID, and by name where the swarm's is meant. */
function predefinedTwin(engine: NodeEngine, term: string, scope: string): NetworkResource | undefined {
  const store = scope === '' || scope === 'swarm' ? engine.managedSwarm?.store : undefined;
  const network = store?.get('network', term) ?? (scope === 'swarm' ? store?.named('network', term) : undefined);
  return network?.Predefined ? projectManagerNetwork(network, engine.profile) : undefined;
}

const units: Readonly<Record<string, number>> = { ms: millisecond, s: second, m: minute, h: hour };

/** The filter `until`: a moment, or how long ago, as `1h30m`. */
function pruneUntil(engine: NodeEngine, filters: FilterArgs): Micros | undefined {
  const text = filters.get('until')?.[0] ?? null;
  const parts = text === null ? null : /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.exec(text) && text.match(/[\d.]+|[a-z]+/g);
  if (parts) {
    let ago = 0;
    for (let index = 0; index < parts.length; index += 2) ago += Number(parts[index]) * units[parts[index + 1]!]!;
    return engine.cluster.sim.now - Math.round(ago);
  }
  try {
    return moment(text);
  } catch (error) {
    if (engine.profile.name !== '20.10') throw error;
    throw new EngineError(500, `failed to parse value as time or duration: "${text}"`);
  }
}

/** Removes what nobody uses, the swarm's networks first; ingress and the built-in ones stay (API-37). */
function prune({ engine, query }: RouteContext<NodeEngine>) {
  const filters = parseFilters(query, engine.profile);
  acceptOnly(filters, ['label', 'label!', 'until'], engine.profile.name === '20.10');
  const until = pruneUntil(engine, filters);
  const kept = ({ Created, Labels }: NetworkResource) =>
    (until !== undefined && parseTimestamp(Created) > until) ||
    !matchLabels(filters, 'label', Labels) ||
    (filters.has('label!') && matchLabels(filters, 'label!', Labels));
  const removed: string[] = [];
  for (const network of [...swarmNetworks(engine)]) {
    if (network.Ingress || kept(network)) continue;
    try {
      engine.manager().control.removeNetwork(network.Id);
      removed.push(network.Name);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }
  for (const local of [...engine.network.list()]) {
    if (local.scope === 'swarm' || builtIn.has(local.name) || kept(showLocal(engine, local))) continue;
    if (Object.keys(engine.network.endpoints(local.id)).length > 0) continue;
    engine.removeLocalNetwork(local.id);
    removed.push(local.name);
  }
  return ok({ NetworksDeleted: removed.length > 0 ? removed : null });
}

function allowsTwins(request: NetworkCreateRequest, { profile }: NodeEngine): boolean {
  return profile.name === '20.10' && !request.CheckDuplicate;
}

function create({ engine, json }: RouteContext<NodeEngine>) {
  const request = json<NetworkCreateRequest>('network');
  const name = request.Name ?? '';
  const driver = request.Driver || 'bridge';
  const swarm = engine.managedSwarm;
  const { old } = engine.cluster.fabric;
  const local =
    request.ConfigOnly || old !== undefined || (driver !== 'overlay' && !request.Ingress && request.Scope !== 'swarm');
  const same = name === '' ? undefined : swarm?.store.named('network', name);
  const taken = name === '' ? !local && swarm && swarm.store.count('network') > 0 : same?.Spec.Name === name;
  if (taken) throw new EngineError(409, `network with name ${name} already exists`);
  if (builtIn.has(name) || name === 'default')
    throw new EngineError(403, `operation is not permitted on predefined ${name} network `);
  if (!drivers.has(driver)) throw new EngineError(404, `plugin "${driver}" not found`);
  if (local) checkLocal(request, engine.profile, (other) => engine.network.find(other));
  checkIpam(request, engine.profile);
  // The older engine lets a node have two networks of one name, and says so.
  const other =
    local && allowsTwins(request, engine) ? engine.network.list().find((one) => one.name === name) : undefined;
  const twin = other ? { sameName: true } : {};
  const made = ({ id }: LocalNetwork) =>
    created({ Id: id, Warning: other ? `Network with name ${name} (id : ${other.id}) already exists` : '' });
  if (request.ConfigOnly) return made(engine.createLocalNetwork(request, 'null', { configOnly: true, ...twin }));
  if (old) return created({ Id: engine.createLocalNetwork(request, driver).id, Warning: '' });
  if (request.Ingress && driver !== 'overlay') {
    throw new EngineError(403, 'Ingress network can only be global scope network');
  }
  // A word that is no scope counts as none.
  const asked = request.Scope === 'local' || request.Scope === 'swarm' ? request.Scope : undefined;
  const scope = asked ?? (driver === 'overlay' ? 'swarm' : 'local');
  if (driver === 'overlay' && scope !== 'swarm') {
    throw new EngineError(403, 'cannot downgrade network scope for overlay networks');
  }
  if (scope === 'swarm') {
    if (!swarm) throw new EngineError(403, engine.noOverlayHere());
    // Names differ by more than case; the managers' store says it, in its own words.
    if (same) throw new StatusError('Unknown', 'name conflicts with an existing object');
    const network = engine.manager().control.createNetwork(convertNetwork(request));
    return created({ Id: network.ID, Warning: '' });
  }
  const from = engine.network.find(request.ConfigFrom?.Network ?? '');
  if (!from) return made(engine.createLocalNetwork(request, driver, twin));
  return made(engine.createLocalNetwork(withConfiguration(request, from), driver, { configFrom: from.name, ...twin }));
}

/** The request with the subnets, options and labels of a network that is there for nothing else. */
function withConfiguration(request: NetworkCreateRequest, from: LocalNetwork): NetworkCreateRequest {
  return {
    ...request,
    EnableIPv6: from.ipv6,
    Options: from.options,
    Labels: from.labels,
    IPAM: {
      ...(from.ipamOptions ? { Options: from.ipamOptions } : {}),
      Config: from.subnets.map(({ subnet, gateway, range, auxiliary }) => ({
        Subnet: subnet,
        ...(gateway ? { Gateway: gateway } : {}),
        ...(range ? { IPRange: range } : {}),
        ...(auxiliary ? { AuxiliaryAddresses: auxiliary } : {}),
      })),
    },
  };
}

/** As `findNetwork`; the older engine has other words for several of one name here. */
function findOnly(engine: NodeEngine, term: string): NetworkResource {
  try {
    return findNetwork(engine, term);
  } catch (error) {
    if (engine.profile.name !== '20.10' || !(error instanceof EngineError) || error.status !== 400) throw error;
    const how = /^(\d+ matches found based on [^:]+): /.exec(error.message)?.[1];
    throw new EngineError(400, `network ${term} is ambiguous (${how})`);
  }
}

function remove({ engine, params }: RouteContext<NodeEngine>) {
  const network = findOnly(engine, params.id!);
  if (network.Scope === 'swarm') {
    const { store, control } = engine.manager();
    // This node may still have what the swarm has no more.
    if (!store.get('network', network.Id)) throw new EngineError(500, `network ${network.Id} not found`);
    control.removeNetwork(network.Id);
  } else if (builtIn.has(network.Name)) {
    throw new EngineError(403, `${network.Name} is a pre-defined network and cannot be removed`);
  } else engine.removeLocalNetwork(network.Id);
  return noContent;
}
