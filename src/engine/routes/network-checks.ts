import type { NetworkCreateRequest, Profile } from '../../api';
import { EngineError } from '../http';

const switches = ['enable_icc', 'enable_ip_masquerade'].map((name) => `com.docker.network.bridge.${name}`);
const mtu = 'com.docker.network.driver.mtu';

type Find = (network: string) => { readonly configOnly?: boolean } | undefined;

/** What networks of configuration, and those made with one, cannot have. Throws EngineError. */
function checkConfiguration(request: NetworkCreateRequest, find: Find): void {
  const from = request.ConfigFrom?.Network ?? '';
  if (request.ConfigOnly) {
    if (request.Ingress || request.Internal || request.Attachable || (request.Scope ?? '') !== '') {
      throw new EngineError(
        403,
        'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.',
      );
    }
    if (from !== '') {
      throw new EngineError(403, 'a configuration network cannot depend on another configuration network');
    }
  }
  if (from === '') return;
  if (!find(from)?.configOnly) throw new EngineError(404, `configuration network "${from}" does not exist`);
  if (Object.keys(request.Options ?? {}).length > 0) {
    throw new EngineError(
      403,
      'network driver options are not supported if the network depends on a configuration network',
    );
  }
  const { IPAM, Labels, EnableIPv6 } = request;
  const own = [IPAM?.Config ?? [], Object.keys(IPAM?.Options ?? {}), Object.keys(Labels ?? {})];
  if (EnableIPv6 || own.some((list) => list.length > 0)) {
    throw new EngineError(
      403,
      'user specified configurations are not supported if the network depends on a configuration network',
    );
  }
}

/** The interface of a bridge has a name of at most 15 letters. */
function checkBridgeName({ Options }: NetworkCreateRequest, profile: Profile): void {
  if (profile.name !== '20.10' || (Options?.['com.docker.network.bridge.name'] ?? '').length < 16) return;
  throw new EngineError(500, 'failed to check bridge interface existence: numerical result out of range');
}

/** What a node's own network cannot be made with, in the words of an engine of 20.10 and with its status (API-37). */
export function checkLocal(request: NetworkCreateRequest, profile: Profile, find: Find): void {
  if ((request.Name ?? '') === '') throw new EngineError(profile.name === '20.10' ? 500 : 400, 'invalid name: ');
  const driver = request.IPAM?.Driver || 'default';
  if (driver === 'null') throw new EngineError(500, 'ipv4 pool is empty');
  if (driver !== 'default') throw new EngineError(404, `plugin "${driver}" not found`);
  checkConfiguration(request, find);
  if (request.ConfigOnly) return;
  checkOptions(request.Options ?? {});
  checkBridgeName(request, profile);
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
