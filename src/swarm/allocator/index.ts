/** The leader's allocator: what a network, service, node and task get of subnets, addresses and ports. Not here: the address space itself. */
export type { AddressPools, AddressPoolsFactory } from './address-pools';
export { Allocator, defaultAddressPool, defaultSubnetSize } from './allocator';
export { needsIngress, needsNothing, networksOf } from './endpoints';
export { driverOf, isNodeLocal, vxlanIDList } from './networks';
export { isIngressPort, protocolOf } from './ports';
