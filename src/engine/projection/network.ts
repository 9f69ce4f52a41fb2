import type { EndpointResource, IPAMOptions, NetworkResource, Profile, SwarmNetwork } from '../../api';
import type { LocalNetwork } from '../../network/libnetwork';
import type { StoredNetwork } from '../../swarm/objects';
import { compact, mapOrNothing } from './omit';

/** A swarm network as it is shown inside tasks (ORCH-8). */
export function projectSwarmNetwork(network: SwarmNetwork): SwarmNetwork {
  const { Spec } = network;
  return {
    ID: network.ID,
    Version: network.Version,
    CreatedAt: network.CreatedAt,
    UpdatedAt: network.UpdatedAt,
    Spec: {
      Name: Spec.Name,
      Labels: Spec.Labels ?? {},
      ...compact({
        DriverConfiguration: Spec.DriverConfiguration && compact(Spec.DriverConfiguration),
        IPv6Enabled: Spec.IPv6Enabled,
        Internal: Spec.Internal,
        Attachable: Spec.Attachable,
        Ingress: Spec.Ingress,
        IPAMOptions: Spec.IPAMOptions && ipam(Spec.IPAMOptions),
        ConfigFrom: Spec.ConfigFrom,
        Scope: 'swarm',
      }),
    },
    ...compact({
      DriverState: network.DriverState && compact(network.DriverState),
      IPAMOptions: network.IPAMOptions && ipam(network.IPAMOptions),
    }),
  };
}

function ipam(options: IPAMOptions): IPAMOptions {
  return compact({
    Driver: options.Driver && compact(options.Driver),
    Configs: options.Configs?.map((c) => compact(c)),
  });
}

function ipv4(profile: Profile): Pick<NetworkResource, 'EnableIPv4'> {
  return profile.name === '28' ? { EnableIPv4: true } : {};
}

/** A swarm network as `GET /networks` shows it on a manager where no task needs it (API-36). */
export function projectManagerNetwork(network: StoredNetwork, profile: Profile): NetworkResource {
  const { Spec, IPAMOptions, DriverState } = network;
  const allocated = IPAMOptions?.Configs && IPAMOptions.Configs.length > 0;
  return {
    Name: Spec.Name,
    Id: network.ID,
    Created: network.CreatedAt,
    Scope: 'swarm',
    // Empty until the allocator got what the network needs.
    Driver: DriverState?.Name ?? '',
    ...ipv4(profile),
    EnableIPv6: Spec.IPv6Enabled ?? false,
    IPAM: {
      Driver: IPAMOptions?.Driver?.Name ?? '',
      Options: mapOrNothing(IPAMOptions?.Driver?.Options) ?? null,
      Config: allocated
        ? (IPAMOptions?.Configs ?? []).map((config) =>
            compact({ Subnet: config.Subnet, IPRange: config.Range, Gateway: config.Gateway }),
          )
        : DriverState
          ? []
          : null,
    },
    Internal: Spec.Internal ?? false,
    Attachable: Spec.Attachable ?? false,
    Ingress: Spec.Ingress ?? false,
    ConfigFrom: { Network: Spec.ConfigFrom?.Network ?? '' },
    ConfigOnly: false,
    Containers: null,
    Options: mapOrNothing(DriverState?.Options) ?? null,
    Labels: mapOrNothing(Spec.Labels) ?? null,
  };
}

/** A network of this node as `GET /networks` shows it (API-36); `containers` in inspect only. */
export function projectLocalNetwork(
  network: LocalNetwork,
  profile: Profile,
  containers: Readonly<Record<string, EndpointResource>> = {},
): NetworkResource {
  // The older engine does not tell the gateway of its default bridge, nor one that was not asked for.
  const noGateway = profile.name === '20.10' && network.name === 'bridge';
  const config = network.subnets.map(({ subnet, gateway, range, gatewayChosen, auxiliary }) =>
    compact({
      Subnet: subnet,
      IPRange: range,
      Gateway: noGateway || (profile.name === '20.10' && gatewayChosen) ? '' : gateway,
      AuxiliaryAddresses: auxiliary,
    }),
  );
  return {
    Name: network.name,
    Id: network.id,
    Created: network.created,
    Scope: network.scope,
    Driver: network.driver,
    ...ipv4(profile),
    EnableIPv6: network.ipv6,
    IPAM: {
      Driver: 'default',
      Options: network.ipamOptions ?? null,
      Config: config.length === 0 && profile.name === '28' ? null : config,
    },
    Internal: network.internal,
    Attachable: network.attachable,
    Ingress: network.ingress,
    ConfigFrom: { Network: network.configFrom ?? '' },
    ConfigOnly: network.configOnly ?? false,
    Containers: containers,
    Options: network.options,
    Labels: network.labels,
  };
}
