/** libnetwork for all nodes: endpoints, gossip, names, virtual servers, the routing mesh. Knows no services but by their endpoints. */
export { type Era, eras, isEra } from './eras/era';
export { createNetworkFabric, type FabricOptions, type NetworkDbRow, NetworkFabric, type Plane } from './fabric';
export * from './libnetwork';
export type { EndpointRecord } from './records/endpoint-record';
export type { HostResolvConf } from './resolver/resolv-conf';
export { Upstream, type UpstreamEntry, type UpstreamRecord } from './resolver/upstream';
