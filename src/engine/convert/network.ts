import type { NetworkCreateRequest, NetworkSpec, Profile } from '../../api';
import { EngineError } from '../http';

/** A request for a swarm network as the managers take it. */
export function convertNetwork(request: NetworkCreateRequest): NetworkSpec {
  const ipamDriver = request.IPAM?.Driver || 'default';
  return {
    Name: request.Name,
    Labels: request.Labels ?? {},
    DriverConfiguration: {
      Name: request.Driver || 'overlay',
      ...(request.Options && Object.keys(request.Options).length > 0 ? { Options: request.Options } : {}),
    },
    ...(request.EnableIPv6 ? { IPv6Enabled: true } : {}),
    ...(request.Internal ? { Internal: true } : {}),
    ...(request.Attachable ? { Attachable: true } : {}),
    ...(request.Ingress ? { Ingress: true } : {}),
    ...(request.ConfigFrom?.Network ? { ConfigFrom: { Network: request.ConfigFrom.Network } } : {}),
    IPAMOptions: {
      Driver: {
        Name: ipamDriver,
        ...(request.IPAM?.Options && Object.keys(request.IPAM.Options).length > 0
          ? { Options: request.IPAM.Options }
          : {}),
      },
      ...(request.IPAM?.Config && request.IPAM.Config.length > 0
        ? {
            Configs: request.IPAM.Config.map(({ Subnet, IPRange, Gateway }) => ({
              ...(Subnet ? { Subnet } : {}),
              ...(IPRange ? { Range: IPRange } : {}),
              ...(Gateway ? { Gateway } : {}),
            })),
          }
        : {}),
    },
    Scope: 'swarm',
  };
}

const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function isAddress(text: string): boolean {
  const parts = ipv4.exec(text);
  if (parts) return parts.slice(1).every((part) => Number(part) <= 255 && !/^0\d/.test(part));
  return text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text);
}

/** Whether a text is an address with a prefix length. */
export function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(length) || !isAddress(address)) return false;
  return Number(length) <= (address.includes(':') ? 128 : 32);
}

/** Refuses subnets and gateways that are none, as the engine does before it asks anybody (API-37). */
export function checkIpam(request: NetworkCreateRequest, profile: Profile): void {
  const faults: string[] = [];
  for (const { Subnet, IPRange, Gateway } of request.IPAM?.Config ?? []) {
    if (Subnet && !isCidr(Subnet)) {
      if (profile.name === '20.10') {
        throw new EngineError(500, `Invalid subnet ${Subnet} : invalid CIDR address: ${Subnet}`);
      }
      faults.push(`invalid subnet ${Subnet}: invalid CIDR address: ${Subnet}`);
    }
    if (IPRange && !isCidr(IPRange)) faults.push(`invalid ip-range ${IPRange}: invalid CIDR address: ${IPRange}`);
    if (Gateway && !isAddress(Gateway)) faults.push(`invalid gateway ${Gateway}: invalid address`);
  }
  if (faults.length > 0 && profile.name !== '20.10') {
    throw new EngineError(400, `invalid network config:\n${faults.join('\n')}`);
  }
}
