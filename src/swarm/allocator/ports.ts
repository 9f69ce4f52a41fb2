import type { PortConfig } from '../../api';
import { SerialIDs } from './serial-ids';

type Protocol = NonNullable<PortConfig['Protocol']>;

interface PortSpace {
  readonly master: SerialIDs;
  readonly dynamic: SerialIDs;
}

/** The protocol of a port; tcp when none is named. */
export function protocolOf(port: PortConfig): Protocol {
  return port.Protocol ?? 'tcp';
}

/** Ports are published on the ingress network unless they say otherwise. */
export function isIngressPort(port: PortConfig): boolean {
  return (port.PublishMode ?? 'ingress') === 'ingress';
}

/** Whether an allocated port stands for a port of the spec: the same but for a published number chosen here. */
function stands(allocated: PortConfig, spec: PortConfig): boolean {
  return (
    isIngressPort(allocated) === isIngressPort(spec) &&
    (allocated.Name ?? '') === (spec.Name ?? '') &&
    protocolOf(allocated) === protocolOf(spec) &&
    (allocated.TargetPort ?? 0) === (spec.TargetPort ?? 0) &&
    (isDynamic(spec) ? Boolean(allocated.PublishedPort) : sameNumber(allocated, spec))
  );
}

function sameNumber(one: PortConfig, other: PortConfig): boolean {
  return (one.PublishedPort ?? 0) === (other.PublishedPort ?? 0);
}

/** Whether the published number is to be chosen here. */
function isDynamic(port: PortConfig): boolean {
  return isIngressPort(port) && !port.PublishedPort;
}

/** Published ports of services: one space of numbers a protocol (ALLOC-50). */
export class PortAllocations {
  readonly #spaces: Readonly<Record<Protocol, PortSpace>> = { tcp: space(), udp: space(), sctp: space() };
  /** The ingress ports that each service holds. */
  readonly #held = new Map<string, readonly PortConfig[]>();

  /** Whether the service holds exactly what its spec asks for, in `allocated`. */
  settled(serviceID: string, wanted: readonly PortConfig[], allocated: readonly PortConfig[]): boolean {
    if (wanted.length !== allocated.length) return false;
    if ((this.#held.get(serviceID)?.length ?? 0) !== wanted.filter(isIngressPort).length) return false;
    const rest = [...allocated];
    return byExplicitness(wanted).every((port) => take(rest, port) !== undefined);
  }

  /**
   * Ports for a service's spec: ingress ports get numbers, host ports are copied (ALLOC-51). Dynamic numbers stick
   * when the count is unchanged (ALLOC-54). Throws an Error, and leaves the service what it had, on a conflict.
   */
  allocate(
    serviceID: string,
    wanted: readonly PortConfig[],
    previous: readonly PortConfig[] | undefined,
  ): PortConfig[] {
    const before = this.#held.get(serviceID) ?? [];
    for (const port of before) this.#release(port);
    const claimed: PortConfig[] = [];
    try {
      const result = reconcile(wanted, previous).map((port) => {
        if (!isIngressPort(port)) return port;
        const given = this.#claim(port);
        claimed.push(given);
        return given;
      });
      if (claimed.length > 0) this.#held.set(serviceID, claimed);
      else this.#held.delete(serviceID);
      return result;
    } catch (error) {
      for (const port of claimed) this.#release(port);
      for (const port of before) this.#claim(port);
      throw error;
    }
  }

  /** Gives all ports of a service back (ALLOC-57); true when there were any. */
  release(serviceID: string): boolean {
    const held = this.#held.get(serviceID);
    this.#held.delete(serviceID);
    for (const port of held ?? []) this.#release(port);
    return held !== undefined;
  }

  #claim(port: PortConfig): PortConfig {
    const { master, dynamic } = this.#spaces[protocolOf(port)];
    const wanted = port.PublishedPort;
    if (wanted) {
      if (!master.covers(wanted)) throw new Error('requested port is out of range');
      if (!master.claim(wanted)) throw new Error('requested bit is already allocated');
      if (dynamic.covers(wanted)) dynamic.claim(wanted);
      return port;
    }
    const chosen = dynamic.next();
    if (chosen === undefined) throw new Error('no bit available');
    master.claim(chosen);
    return { ...port, PublishedPort: chosen };
  }

  #release(port: PortConfig): void {
    const { master, dynamic } = this.#spaces[protocolOf(port)];
    master.release(port.PublishedPort!);
    dynamic.release(port.PublishedPort!);
  }
}

function space(): PortSpace {
  return { master: new SerialIDs(1, 65_535), dynamic: new SerialIDs(30_000, 32_767) };
}

function byExplicitness(ports: readonly PortConfig[]): PortConfig[] {
  return [...ports.filter((port) => !isDynamic(port)), ...ports.filter(isDynamic)];
}

/** The ports to claim: explicit and host ones, then dynamic ones with the numbers they had (ALLOC-54, ALLOC-55). */
function reconcile(wanted: readonly PortConfig[], previous: readonly PortConfig[] | undefined): readonly PortConfig[] {
  if (!previous || previous.length !== wanted.length) return wanted;
  const rest = [...previous];
  return byExplicitness(wanted).map((port) => take(rest, port) ?? port);
}

/** Takes the port that stands for `spec` out of `ports`. */
function take(ports: PortConfig[], spec: PortConfig): PortConfig | undefined {
  const index = ports.findIndex((port) => stands(port, spec));
  return index < 0 ? undefined : ports.splice(index, 1)[0];
}
