import type { NetworkCreateRequest, Profile } from '../../api';
import { EngineError } from '../http';

const switches = ['enable_icc', 'enable_ip_masquerade'].map((name) => `com.docker.network.bridge.${name}`);
const mtu = 'com.docker.network.driver.mtu';

/** What a node's own network cannot be made with, in the words of an engine of 20.10 and with its status (API-37). */
export function checkLocal(request: NetworkCreateRequest, profile: Profile, known: (network: string) => boolean): void {
  if ((request.Name ?? '') === '') throw new EngineError(profile.name === '20.10' ? 500 : 400, 'invalid name: ');
  const driver = request.IPAM?.Driver || 'default';
  if (driver === 'null') throw new EngineError(500, 'ipv4 pool is empty');
  if (driver !== 'default') throw new EngineError(404, `plugin "${driver}" not found`);
  checkOptions(request.Options ?? {});
  const from = request.ConfigFrom?.Network;
  if (from && !known(from)) throw new EngineError(404, `configuration network "${from}" does not exist`);
  if (profile.name !== '20.10') return;
  const configs = request.IPAM?.Config ?? [];
  for (const { Subnet = '', Gateway = '' } of configs) {
    if (Subnet === '') throw new EngineError(500, 'Invalid subnet  : invalid CIDR address: ');
    if (Gateway !== '' && !/^[\d.]+$|:/.test(Gateway)) {
      throw new EngineError(500, `invalid gateway address ${Gateway} in Ipam configuration`);
    }
  }
  // There are no IPv6 pools to choose from before version 27.
  if (request.EnableIPv6 && !configs.some(({ Subnet }) => Subnet?.includes(':'))) {
    throw new EngineError(
      404,
      'could not find an available, non-overlapping IPv6 address pool among the defaults to assign to the network',
    );
  }
}

function checkOptions(options: Readonly<Record<string, string>>): void {
  for (const name of switches) {
    const value = options[name];
    if (value === undefined || /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value)) continue;
    throw new EngineError(500, unparsed(name, value, 'ParseBool'));
  }
  const size = options[mtu];
  if (size !== undefined && !/^[+-]?\d+$/.test(size)) throw new EngineError(500, unparsed(mtu, size, 'Atoi'));
}

function unparsed(name: string, value: string, by: string): string {
  return `failed to parse ${name} value: ${value} (strconv.${by}: parsing ${JSON.stringify(value)}: invalid syntax)`;
}
