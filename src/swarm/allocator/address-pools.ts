/**
 * What the allocator asks of an address space. Swarm knows no libnetwork: the composition hands in its IPAM, which
 * has this shape.
 */
export interface AddressPools {
  /** Claims a subnet, or the next default one (ALLOC-13). Throws with libnetwork's text. */
  requestPool(request: { readonly subnet?: string; readonly range?: string }): {
    readonly id: string;
    readonly subnet: string;
  };
  releasePool(id: string): void;
  /**
   * An address as CIDR: `wanted`, or the next one after the last that was given (ALLOC-22). The error has a `reason`:
   * `exhausted` when none is left, `invalid` when `wanted` is outside, another when it is in use.
   */
  requestAddress(poolID: string, wanted?: string, options?: { readonly serial?: boolean }): string;
  releaseAddress(poolID: string, address: string): void;
}

/** Makes the swarm's address space from the cluster's default pools: CIDRs and the prefix length of subnets (ALLOC-10). */
export type AddressPoolsFactory = (defaultPools: readonly string[], subnetSize: number) => AddressPools;
