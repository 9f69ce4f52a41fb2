import type { Profile, ProfileName, SystemVersion } from '../../api';

interface Build {
  readonly platform: string;
  readonly gitCommit: string;
  readonly goVersion: string;
  readonly buildTime: string;
  readonly containerd: readonly [version: string, commit: string];
  readonly runc: readonly [version: string, commit: string];
  readonly init: readonly [version: string, commit: string];
}

/** How the imitated engines were built; the older one as Debian builds it. */
export const builds: Readonly<Record<ProfileName, Build>> = {
  '20.10': {
    platform: '',
    gitCommit: '5d6db84',
    goVersion: 'go1.19.8',
    buildTime: '2026-05-07T21:09:36.000000000+00:00',
    containerd: ['1.6.20~ds1', '1.6.20~ds1-1+deb12u3'],
    runc: ['1.1.5+ds1', '1.1.5+ds1-1+deb12u1'],
    init: ['0.19.0', ''],
  },
  '28': {
    platform: 'Docker Engine - Community',
    gitCommit: '45873be',
    goVersion: 'go1.24.3',
    buildTime: '2025-05-30T12:07:26.000000000+00:00',
    containerd: ['1.7.27', '05044ec0a9a75232cad458027ca83437aae3f4da'],
    runc: ['1.2.5', 'v1.2.5-0-g59923ef'],
    init: ['0.19.0', 'de40ad0'],
  },
};

/** What simulated machines show when the configuration says nothing. */
export const defaultKernel = '6.1.0-40-amd64';

/** `GET /version` (API-81). */
export function systemVersion(profile: Profile, kernelVersion = defaultKernel): SystemVersion {
  const build = builds[profile.name];
  return {
    Platform: { Name: build.platform },
    Components: [
      {
        Name: 'Engine',
        Version: profile.engineVersion,
        Details: {
          ApiVersion: profile.apiVersion,
          Arch: 'amd64',
          BuildTime: build.buildTime,
          Experimental: 'false',
          GitCommit: build.gitCommit,
          GoVersion: build.goVersion,
          KernelVersion: kernelVersion,
          MinAPIVersion: profile.minApiVersion,
          Os: 'linux',
        },
      },
      { Name: 'containerd', Version: build.containerd[0], Details: { GitCommit: build.containerd[1] } },
      { Name: 'runc', Version: build.runc[0], Details: { GitCommit: build.runc[1] } },
      { Name: 'docker-init', Version: build.init[0], Details: { GitCommit: build.init[1] } },
    ],
    Version: profile.engineVersion,
    ApiVersion: profile.apiVersion,
    MinAPIVersion: profile.minApiVersion,
    GitCommit: build.gitCommit,
    GoVersion: build.goVersion,
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: kernelVersion,
    BuildTime: build.buildTime,
  };
}
