import type { EnginePlugin, GenericResource, Labels, NodeDescription, Profile } from '../api';

const plugins: readonly EnginePlugin[] = [
  ...['awslogs', 'fluentd', 'gcplogs', 'gelf', 'journald', 'json-file', 'local', 'logentries', 'splunk', 'syslog'].map(
    (Name) => ({
      Type: 'Log',
      Name,
    }),
  ),
  ...['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'].map((Name) => ({ Type: 'Network', Name })),
  { Type: 'Volume', Name: 'local' },
];

/** Drivers that an engine brings, sorted by type and name (SCHED-62). `logentries` went with 25.0. */
export function pluginsOf(profile: Profile): readonly EnginePlugin[] {
  return profile.name === '20.10' ? plugins : plugins.filter(({ Name }) => Name !== 'logentries');
}

/** What an engine says of itself to the managers (SCHED-61, SCHED-62). */
export function describeNode(options: {
  readonly profile: Profile;
  readonly hostname: string;
  readonly cpus: number;
  readonly memory: number;
  readonly labels: Labels;
  readonly genericResources?: readonly GenericResource[];
  readonly csiPlugins?: readonly string[];
}): NodeDescription {
  const csi = options.csiPlugins ?? [];
  return {
    Hostname: options.hostname,
    Platform: { Architecture: 'x86_64', OS: 'linux' },
    Resources: {
      NanoCPUs: options.cpus * 1_000_000_000,
      MemoryBytes: options.memory,
      ...(options.genericResources && options.genericResources.length > 0
        ? { GenericResources: options.genericResources }
        : {}),
    },
    Engine: {
      EngineVersion: options.profile.engineVersion,
      ...(Object.keys(options.labels).length > 0 ? { Labels: options.labels } : {}),
      Plugins: [
        ...csi.flatMap((Name) => [
          { Type: 'csicontroller', Name },
          { Type: 'csinode', Name },
        ]),
        ...pluginsOf(options.profile),
      ].sort((a, b) => (a.Type + a.Name < b.Type + b.Name ? -1 : 1)),
    },
    ...(csi.length > 0 ? { CSIInfo: csi.map((PluginName) => ({ PluginName, NodeID: options.hostname })) } : {}),
  };
}
