import type { LocalNetwork, WantedSubnet } from '../libnetwork';
import { NetworkError } from '../libnetwork';

const bridgeName = 'com.docker.network.bridge.name';

/** What a node's own drivers refuse, in their words (API-37). Throws NetworkError. */
export function checkDrivers(
  network: LocalNetwork,
  subnets: readonly WantedSubnet[],
  networks: readonly LocalNetwork[],
): void {
  if (network.configOnly) return;
  if (network.driver === 'bridge') checkBridge(network, subnets, networks);
  if (network.driver === 'macvlan') checkParented(network, networks, ['bridge', 'private', 'vepa', 'passthru']);
  if (network.driver === 'ipvlan') checkParented(network, networks, ['l2', 'l3', 'l3s']);
}

function checkBridge(
  { id, options }: LocalNetwork,
  subnets: readonly WantedSubnet[],
  networks: readonly LocalNetwork[],
): void {
  if (subnets.filter(({ subnet }) => !subnet?.includes(':')).length > 1) {
    throw new NetworkError('forbidden', "bridge driver doesn't support multiple subnets");
  }
  const name = options[bridgeName];
  // docker0 may be given to another network: the default bridge is not asked.
  const other = networks.find((one) => one.options[bridgeName] === name && one.name !== 'bridge');
  if (!name || !other) return;
  throw new NetworkError(
    'forbidden',
    `cannot create network ${id} (${name}): conflicts with network ${other.id} (${name}): networks have same bridge name`,
  );
}

/** `macvlan` and `ipvlan` sit on an interface of the machine, which one network has for itself. */
function checkParented({ driver, options }: LocalNetwork, networks: readonly LocalNetwork[], modes: readonly string[]) {
  const mode = options[`${driver}_mode`];
  if (mode && !modes.includes(mode)) {
    const fault = `requested ${driver} mode '${mode}' is not valid, '${modes[0]}' mode is the ${driver} driver default`;
    throw new NetworkError('system', fault);
  }
  const { parent } = options;
  if (!parent) return;
  const other = networks.find((one) => one.driver === driver && one.options.parent === parent);
  if (other) {
    const prefix = driver === 'macvlan' ? 'dm' : 'di';
    const fault = `network ${prefix}-${other.id.slice(0, 12)} is already using parent interface ${parent}`;
    throw new NetworkError('system', fault);
  }
  if (parent === 'eth0' || /^eth0\.\d+$/.test(parent)) return;
  throw new NetworkError('system', `invalid subinterface vlan name ${parent}, example formatting is eth0.10`);
}
