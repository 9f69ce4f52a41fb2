import type { Endpoint, EndpointVirtualIP, ServiceSpec } from '../../api';
import type { StoredService } from '../objects';
import type { HeldAddress, NetworkAllocations } from './networks';
import { isIngressPort, PortAllocations } from './ports';

/** The IDs of a service's networks: of its task template, else of the deprecated place (ALLOC-30). */
export function networksOf(spec: ServiceSpec): string[] {
  const configs = spec.TaskTemplate.Networks?.length ? spec.TaskTemplate.Networks : (spec.Networks ?? []);
  return [...new Set(configs.flatMap((config) => config.Target ?? []))];
}

/** Whether a service publishes a port on the ingress network (ALLOC-31). */
export function needsIngress(spec: ServiceSpec): boolean {
  return spec.EndpointSpec?.Ports?.some(isIngressPort) ?? false;
}

/** Whether there is nothing to allocate for a service: such ones are never written by the allocator. */
export function needsNothing(spec: ServiceSpec): boolean {
  if (spec.EndpointSpec?.Ports?.length) return false;
  return spec.EndpointSpec?.Mode === 'dnsrr' || networksOf(spec).length === 0;
}

/** Virtual IPs and ports of services (ALLOC-30 … ALLOC-34, ALLOC-50 … ALLOC-57). In memory only. */
export class EndpointAllocations {
  readonly #networks: NetworkAllocations;
  readonly #ports = new PortAllocations();
  /** By service, then network; node-local networks are held without address. */
  readonly #virtualIPs = new Map<string, Map<string, HeldAddress | undefined>>();

  constructor(networks: NetworkAllocations) {
    this.#networks = networks;
  }

  /** Whether the service's endpoint is what its spec asks for, and is held. */
  settled(service: StoredService, ingressID: string | undefined): boolean {
    const { Ports = [], VirtualIPs = [] } = service.Endpoint;
    if (!this.#ports.settled(service.ID, service.Spec.EndpointSpec?.Ports ?? [], Ports)) return false;
    if (needsIngress(service.Spec) && ingressID === undefined) return false;
    const wanted = wantedNetworks(service.Spec, ingressID);
    const held = this.#virtualIPs.get(service.ID);
    return (
      (held?.size ?? 0) === wanted.length &&
      VirtualIPs.length === wanted.length &&
      VirtualIPs.every(({ NetworkID }) => wanted.includes(NetworkID) && held?.has(NetworkID))
    );
  }

  /**
   * The service's endpoint by its spec: virtual IPs and ports that it has stay, others are given back or claimed.
   * Throws an Error when something is not to be had; the service then keeps what it had.
   */
  allocate(service: StoredService, ingressID: string | undefined): Endpoint {
    const { Spec, Endpoint: before } = service;
    if (needsIngress(Spec) && ingressID === undefined) throw new Error('ingress network is missing');
    const wanted = wantedNetworks(Spec, ingressID);
    const kept = (before.VirtualIPs ?? []).filter(({ NetworkID }) => wanted.includes(NetworkID));
    const held = this.#virtualIPs.get(service.ID) ?? new Map<string, HeldAddress | undefined>();
    const claimed = new Map<string, HeldAddress | undefined>();
    try {
      for (const { NetworkID, Addr } of kept) {
        if (!held.has(NetworkID)) claimed.set(NetworkID, this.#virtualIP(NetworkID, Addr));
      }
      for (const id of wanted) if (!held.has(id) && !claimed.has(id)) claimed.set(id, this.#virtualIP(id));
      const Ports = this.#ports.allocate(service.ID, Spec.EndpointSpec?.Ports ?? [], before.Ports);
      const now = new Map([...held, ...claimed].filter(([id]) => wanted.includes(id)));
      for (const [id, address] of held) if (!now.has(id) && address) this.#networks.giveAddress(address);
      if (now.size > 0) this.#virtualIPs.set(service.ID, now);
      else this.#virtualIPs.delete(service.ID);
      const order = [...new Set([...kept.map(({ NetworkID }) => NetworkID), ...wanted])];
      const VirtualIPs = order.map((id) => virtualIP(id, now.get(id)));
      return {
        Spec: { ...Spec.EndpointSpec, Mode: Spec.EndpointSpec?.Mode || 'vip' },
        ...(Ports.length > 0 ? { Ports } : {}),
        ...(VirtualIPs.length > 0 ? { VirtualIPs } : {}),
      };
    } catch (error) {
      for (const address of claimed.values()) if (address) this.#networks.giveAddress(address);
      throw error;
    }
  }

  /** Claims again what a service's stored endpoint says (ALLOC-5); what somebody else holds meanwhile is left out. */
  restore(service: StoredService): void {
    const held = new Map<string, HeldAddress | undefined>();
    for (const { NetworkID, Addr } of service.Endpoint.VirtualIPs ?? []) {
      try {
        held.set(NetworkID, this.#virtualIP(NetworkID, Addr));
      } catch {
        // Not held: the service is not settled and gets a new address in the second pass.
      }
    }
    if (held.size > 0) this.#virtualIPs.set(service.ID, held);
    const ports = service.Endpoint.Ports ?? [];
    try {
      if (ports.length > 0) this.#ports.allocate(service.ID, ports, undefined);
    } catch {
      // As above.
    }
  }

  /** Gives all of a deleted service back (ALLOC-34, ALLOC-57); true when there was something. */
  release(serviceID: string): boolean {
    const held = this.#virtualIPs.get(serviceID);
    this.#virtualIPs.delete(serviceID);
    for (const address of held?.values() ?? []) if (address) this.#networks.giveAddress(address);
    return this.#ports.release(serviceID) || held !== undefined;
  }

  #virtualIP(networkID: string, wanted?: string): HeldAddress | undefined {
    try {
      return this.#networks.takeAddress(networkID, wanted);
    } catch (error) {
      const { message } = error as Error;
      throw message === 'could not find an available IP' ? new Error(`${message} while allocating VIP`) : error;
    }
  }
}

/** Networks on which a service gets a virtual IP, ingress first; none in dnsrr mode (ALLOC-32). */
function wantedNetworks(spec: ServiceSpec, ingressID: string | undefined): string[] {
  if (spec.EndpointSpec?.Mode === 'dnsrr') return [];
  const ingress = needsIngress(spec) && ingressID !== undefined ? [ingressID] : [];
  return [...new Set([...ingress, ...networksOf(spec)])];
}

function virtualIP(NetworkID: string, held: HeldAddress | undefined): EndpointVirtualIP {
  return held ? { NetworkID, Addr: held.address } : { NetworkID };
}
