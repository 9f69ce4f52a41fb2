import type { ContainerSpec, ResourceObject, RestartPolicy, TaskSpec } from '../../api';
import { compact, mapOrNothing } from './omit';

function containerSpec(spec: ContainerSpec): ContainerSpec {
  return {
    ...compact({
      Image: spec.Image,
      Labels: mapOrNothing(spec.Labels),
      Command: spec.Command,
      Args: spec.Args,
      Hostname: spec.Hostname,
      Env: spec.Env,
      Dir: spec.Dir,
      User: spec.User,
      Groups: spec.Groups,
      Privileges: spec.Privileges,
    }),
    // A pointer: false is a value.
    ...(typeof spec.Init === 'boolean' ? { Init: spec.Init } : {}),
    ...compact({
      StopSignal: spec.StopSignal,
      TTY: spec.TTY,
      OpenStdin: spec.OpenStdin,
      ReadOnly: spec.ReadOnly,
      Mounts: spec.Mounts,
      StopGracePeriod: spec.StopGracePeriod,
      Healthcheck: spec.Healthcheck && compact(spec.Healthcheck),
      Hosts: spec.Hosts,
      DNSConfig: spec.DNSConfig && compact(spec.DNSConfig),
      Secrets: spec.Secrets,
      Configs: spec.Configs,
      Isolation: spec.Isolation || 'default',
      Sysctls: mapOrNothing(spec.Sysctls),
      CapabilityAdd: spec.CapabilityAdd,
      CapabilityDrop: spec.CapabilityDrop,
      Ulimits: spec.Ulimits,
      OomScoreAdj: spec.OomScoreAdj,
    }),
  };
}

function resources(object: ResourceObject | undefined): ResourceObject | undefined {
  return object && compact(object);
}

function restartPolicy(policy: RestartPolicy): RestartPolicy {
  return {
    ...compact({ Condition: policy.Condition || 'any', Delay: policy.Delay }),
    MaxAttempts: policy.MaxAttempts ?? 0,
    ...compact({ Window: policy.Window }),
  };
}

/** The task template of a service, or a task's spec, as the API shows it. `ForceUpdate` is always there. */
export function taskSpec(spec: TaskSpec): TaskSpec {
  return {
    ...compact({
      ContainerSpec: spec.ContainerSpec && containerSpec(spec.ContainerSpec),
      PluginSpec: spec.PluginSpec,
      NetworkAttachmentSpec: spec.NetworkAttachmentSpec,
      Resources:
        spec.Resources &&
        compact({ Limits: resources(spec.Resources.Limits), Reservations: resources(spec.Resources.Reservations) }),
      RestartPolicy: spec.RestartPolicy && restartPolicy(spec.RestartPolicy),
      Placement: spec.Placement && compact(spec.Placement),
      Networks: spec.Networks?.map((network) => compact({ ...network, DriverOpts: mapOrNothing(network.DriverOpts) })),
      LogDriver: spec.LogDriver && compact({ ...spec.LogDriver, Options: mapOrNothing(spec.LogDriver.Options) }),
    }),
    ForceUpdate: spec.ForceUpdate ?? 0,
  };
}
