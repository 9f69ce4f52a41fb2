/** Address management: subnets without overlap, and the addresses in them. Not here: networks, endpoints, tasks. */
export { type DefaultPool, localDefaultPools } from './default-pools';
export { type AssignedPool, Ipam, type IpamOptions, overlap, overlaps } from './ipam';
export { formatPrefix, parseAddress, parsePrefix } from './prefix';
