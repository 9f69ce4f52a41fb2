import type { LocalNetwork } from '../libnetwork';

/** Names that users may neither create nor remove (API-37). */
export const predefinedNames: readonly string[] = ['bridge', 'host', 'none'];
export const gatewayBridgeName = 'docker_gwbridge';

/** Options of docker0. */
export const defaultBridgeOptions: Readonly<Record<string, string>> = {
  'com.docker.network.bridge.default_bridge': 'true',
  'com.docker.network.bridge.enable_icc': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'true',
  'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
  'com.docker.network.bridge.name': 'docker0',
  'com.docker.network.driver.mtu': '1500',
};

export const gatewayBridgeOptions: Readonly<Record<string, string>> = {
  'com.docker.network.bridge.enable_icc': 'false',
  'com.docker.network.bridge.enable_ip_masquerade': 'true',
  'com.docker.network.bridge.name': gatewayBridgeName,
};

/** A network of this node alone, with nothing special about it. */
export function localNetwork(
  network: Pick<LocalNetwork, 'id' | 'name' | 'driver' | 'created'> & Partial<LocalNetwork>,
): LocalNetwork {
  return {
    scope: 'local',
    internal: false,
    attachable: false,
    ingress: false,
    ipv6: false,
    encrypted: false,
    subnets: [],
    options: {},
    labels: {},
    ...network,
  };
}
