import type { LabContainer, Task } from '../../api';
import { second } from '../../sim';
import type { ClusterConfig } from '../config';
import { defaultConfig } from '../config';
import { nodeTimers } from '../listeners/host-timers';
import { LiveCluster } from '../live-cluster';

const decoder = new TextDecoder();

// biome-ignore lint/suspicious/noExplicitAny: tests look at many shapes of answers
type Json = any;

/** A client of a simulated cluster whose time passes only when it says so. For tests. */
export class Lab {
  private constructor(readonly live: LiveCluster) {}

  static async create(config: Partial<ClusterConfig> = {}): Promise<Lab> {
    const live = await LiveCluster.create({ config: { ...defaultConfig, ...config }, host: nodeTimers, paused: true });
    return new Lab(live);
  }

  /** Lets virtual seconds pass. */
  async run(seconds: number): Promise<void> {
    await this.live.pacer.advanceTo(this.live.cluster.sim.now + Math.round(seconds * second));
  }

  /** Virtual seconds since the Unix epoch. */
  get now(): number {
    return this.live.cluster.sim.now / second;
  }

  /** An answer that does not wait for anything in the simulation. */
  async ask(method: string, path: string, body?: unknown, node = 'swarm-1'): Promise<{ status: number; json: Json }> {
    const headers = { 'content-type': 'application/json' };
    const { status, json } = await this.live.request(node, { method, path, body, headers });
    return { status, json };
  }

  /** An answer that takes up to `seconds`, which pass. */
  async askFor(seconds: number, method: string, path: string, node?: string): Promise<{ status: number; json: Json }> {
    const answer = this.ask(method, path, undefined, node);
    // The request comes in one turn after it is sent.
    await this.run(0);
    await this.run(seconds);
    return answer;
  }

  async get(path: string, node?: string): Promise<Json> {
    return this.must('GET', path, undefined, node);
  }

  /** As `ask`; throws for refusals. */
  async must(method: string, path: string, body?: unknown, node?: string): Promise<Json> {
    const { status, json } = await this.ask(method, path, body, node);
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${json?.message}`);
    return json;
  }

  async network(name: string): Promise<string> {
    return (await this.must('POST', '/networks/create', { Name: name, Driver: 'overlay' })).Id;
  }

  /** Creates a service; `container` and `more` are parts of its specification. */
  async service(
    name: string,
    container: object,
    more: { replicas?: number; networks?: readonly string[]; task?: object; spec?: object } = {},
  ): Promise<string> {
    const spec = {
      Name: name,
      TaskTemplate: {
        ContainerSpec: { Image: 'nginx', ...container },
        Networks: more.networks?.map((Target) => ({ Target })),
        ...more.task,
      },
      Mode: { Replicated: { Replicas: more.replicas ?? 1 } },
      ...more.spec,
    };
    return (await this.must('POST', '/services/create', spec)).ID;
  }

  /** Changes a service's specification. */
  async change(service: string, change: (spec: Json) => void): Promise<void> {
    const { Version, Spec } = await this.get(`/services/${service}`);
    change(Spec);
    await this.must('POST', `/services/${service}/update?version=${Version.Index}`, Spec);
  }

  /** A service's tasks, newest first. */
  async tasks(service: string): Promise<readonly Task[]> {
    const filters = encodeURIComponent(JSON.stringify({ service: [service] }));
    const tasks: Task[] = await this.get(`/tasks?filters=${filters}`);
    return [...tasks].sort((a, b) => (a.CreatedAt < b.CreatedAt ? 1 : -1));
  }

  async states(service: string): Promise<readonly string[]> {
    return (await this.tasks(service)).map((task) => task.Status.State);
  }

  /** The containers on machines that run. */
  async containers(): Promise<readonly LabContainer[]> {
    return this.get('/lab/containers');
  }

  /** The one container, in any state, whose name begins so. */
  async container(prefix: string): Promise<LabContainer> {
    const found = (await this.containers()).filter(({ name }) => name.startsWith(prefix));
    if (found.length !== 1) throw new Error(`${found.length} containers ${prefix}*`);
    return found[0]!;
  }

  /** Runs a command in a container for up to `seconds`; its output so far and its exit code. */
  async exec(
    container: LabContainer,
    command: readonly string[],
    seconds = 1,
  ): Promise<{ readonly output: string; readonly exitCode: number | null }> {
    const config = { Cmd: command, Tty: true, AttachStdout: true, AttachStderr: true };
    const { Id } = await this.must('POST', `/containers/${container.id}/exec`, config, container.node);
    const answer = await this.live.request(container.node, {
      method: 'POST',
      path: `/exec/${Id}/start`,
      body: { Tty: true },
      headers: { 'content-type': 'application/json' },
    });
    let output = '';
    answer.stream?.({
      write: (chunk) => {
        output += typeof chunk === 'string' ? chunk : decoder.decode(chunk);
      },
      end: () => {},
      onClose: () => {},
    });
    await this.run(seconds);
    const { ExitCode } = await this.get(`/exec/${Id}/json`, container.node);
    return { output: output.replaceAll('\r\n', '\n'), exitCode: ExitCode };
  }

  /** Addresses that a name has from inside a container, sorted. */
  async addresses(container: LabContainer, name: string): Promise<readonly string[]> {
    const { output } = await this.exec(container, ['drill', name], 0.1);
    return [...output.matchAll(/\tIN\tA\t(\S+)/g)].map((match) => match[1]!).sort();
  }
}
