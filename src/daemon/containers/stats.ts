import type { Profile } from '../../api';
import type { Micros } from '../../sim';
import { second, timestamp, zeroTime } from '../../sim';
import type { Container } from './container';

/** What a node gives its containers. */
export interface StatsHost {
  readonly profile: Profile;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
}

const noBlocks = (list: readonly never[] | null) => ({
  io_service_bytes_recursive: list,
  io_serviced_recursive: list,
  io_queue_recursive: list,
  io_service_time_recursive: list,
  io_wait_time_recursive: list,
  io_merged_recursive: list,
  io_time_recursive: list,
  sectors_recursive: list,
});
const noCpu = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};
const nanoseconds = 1_000;

/**
 * One sample of `GET /containers/{id}/stats`, as of a moment; `before` is the sample that it is compared with, absent for
 * a single shot. A container's use follows from its image and how long it has run: the same question at the same moment
 * has the same answer.
 */
export function containerStats(
  container: Container,
  now: Micros,
  before: Micros | undefined,
  host: StatsHost,
): Record<string, unknown> {
  const { profile } = host;
  const head = { name: `/${container.name}`, id: container.id };
  if (container.status !== 'running' && container.status !== 'paused') {
    return {
      read: zeroTime,
      preread: zeroTime,
      pids_stats: {},
      blkio_stats: noBlocks(null),
      num_procs: 0,
      storage_stats: {},
      cpu_stats: noCpu,
      precpu_stats: noCpu,
      memory_stats: {},
      ...head,
    };
  }
  const old = profile.name === '20.10';
  return {
    read: timestamp(now),
    preread: before === undefined ? zeroTime : timestamp(before),
    pids_stats: { current: container.processes?.list().length ?? 1 },
    blkio_stats: noBlocks(old ? [] : null),
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu(container, now, host),
    precpu_stats: before === undefined || before < container.startedAt ? noCpu : cpu(container, before, host),
    memory_stats: memory(container, host),
    ...head,
    ...networks(container, now),
  };
}

/** Starting takes some, then a thousandth of one processor. */
function cpu(container: Container, at: Micros, { profile, cpus }: StatsHost) {
  const ran = at - container.startedAt;
  const total = Math.floor((40_000 + ran / 1_000) * nanoseconds);
  const kernel = Math.floor(total / 3);
  const old = profile.name === '20.10';
  const each = Array.from({ length: cpus }, (_, index) =>
    index === 0 ? total - (cpus - 1) * Math.floor(total / (2 * cpus)) : Math.floor(total / (2 * cpus)),
  );
  return {
    cpu_usage: {
      total_usage: total,
      ...(old ? { percpu_usage: each } : {}),
      usage_in_kernelmode: kernel,
      usage_in_usermode: total - kernel,
    },
    // Since the machine was switched on, which is taken to be a day before the epoch of its containers.
    system_cpu_usage: (at - container.created + 86_400 * second) * cpus * nanoseconds,
    online_cpus: cpus,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  };
}

function memory(container: Container, { profile, memory: machine }: StatsHost) {
  const behaviour = container.image.definition.behaviour;
  const limit = container.hostConfig.Memory || machine;
  const usage = Math.min(limit, behaviour.memory ?? 2_400_000 + Math.floor(container.image.definition.size / 40));
  const file = Math.floor(usage / 8);
  if (profile.name === '20.10') {
    return {
      usage,
      max_usage: usage,
      stats: { cache: file, rss: usage - file, inactive_file: file, active_file: 0, pgfault: 1_135, pgmajfault: 1 },
      limit,
    };
  }
  return {
    usage,
    stats: { anon: usage - file, file, inactive_file: file, active_file: 0, pgfault: 1_135, pgmajfault: 1 },
    limit,
  };
}

/** What gossip and address resolution bring: a little now and then. */
function networks(container: Container, now: Micros): Record<string, unknown> {
  const endpoints = container.sandbox?.endpoints ?? [];
  if (endpoints.length === 0) return {};
  const minutes = Math.floor((now - container.startedAt) / (60 * second));
  const packets = 7 + Math.min(minutes, 60);
  const one = {
    rx_bytes: packets * 92,
    rx_packets: packets,
    rx_errors: 0,
    rx_dropped: 0,
    tx_bytes: 0,
    tx_packets: 0,
    tx_errors: 0,
    tx_dropped: 0,
  };
  return { networks: Object.fromEntries(endpoints.map((_, index) => [`eth${index}`, one])) };
}
