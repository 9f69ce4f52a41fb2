import type { Micros } from '../sim';
import { millisecond } from '../sim';
import { Cluster } from './cluster';
import type { ClusterConfig } from './config';
import { Desk } from './desk';
import type { DnsOpener } from './dns/resolvers';
import { Resolvers } from './dns/resolvers';
import { Door } from './door';
import { engineFor } from './engine-for';
import type { EngineRequest, EngineResponse } from './http';
import { fromBase64, toBase64 } from './journal/base64';
import { toEntry, toRequest } from './journal/entries';
import type { Checkpoint, InputEntry, JournalEntry, JournalSink, ReadJournal } from './journal/format';
import { isInput, isRequest, journalVersion, readJournal } from './journal/format';
import type { Keeper, ResetKind } from './lab/keeper';
import type { HostTimers } from './pacer';
import { Pacer } from './pacer';
import { allRoutes } from './routes';
import { EngineUnreachable } from './unreachable';

export interface LiveOptions {
  readonly config: ClusterConfig;
  readonly host: HostTimers;
  /** Where the journal is kept; without one it is in memory only. */
  readonly sink?: JournalSink;
  /** Virtual seconds a wall second; 0: as fast as it can. */
  readonly speed?: number;
  readonly paused?: boolean;
  /** Opens containers' resolvers on sockets, where there are any. */
  readonly openDns?: DnsOpener;
  /** The wall clock in microseconds since the epoch, for the virtual time at which a reset cluster begins. */
  readonly wallClock?: () => Micros;
}

/**
 * A cluster that lives: its time passes, its requests are written down, and it can be brought back from what was
 * written. State is a function of seed, configuration and journal: the same lines give the same bytes.
 */
export class LiveCluster implements Keeper {
  readonly #host: HostTimers;
  readonly #sink: JournalSink | undefined;
  readonly #wallClock: (() => Micros) | undefined;
  readonly #door = new Door(allRoutes());
  readonly resolvers: Resolvers;
  #touches = 0;
  #cluster!: Cluster;
  #pacer!: Pacer;
  #desk!: Desk;
  #lines: string[] = [];
  #written: Micros = 0;
  /** Requests wait while one cluster takes another's place. */
  #ready: Promise<void> = Promise.resolve();

  private constructor(options: LiveOptions) {
    this.#host = options.host;
    this.resolvers = new Resolvers(this, options.openDns);
    this.#sink = options.sink;
    this.#wallClock = options.wallClock;
  }

  /** A new cluster; its journal begins with its configuration. */
  static async create(options: LiveOptions): Promise<LiveCluster> {
    const live = new LiveCluster(options);
    await live.#begin(options.config, options);
    live.#pacer.start();
    return live;
  }

  /**
   * The cluster that a journal tells of, as it was when the journal ended. What is damaged is told in `damage`: then
   * the cluster is what could be read, and the sink holds only that. A journal without a head gives a new cluster.
   */
  static async restore(
    lines: readonly string[],
    options: LiveOptions,
  ): Promise<{ readonly live: LiveCluster; readonly damage?: string }> {
    const read = readJournal(lines);
    const live = new LiveCluster(options);
    await live.#replay(read, options);
    live.#pacer.start();
    return { live, ...(read.damage === undefined ? {} : { damage: read.damage }) };
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  get host(): HostTimers {
    return this.#host;
  }

  /** A number that grows with every request that may change something, with what its client says later, and with each new cluster. */
  get touches(): number {
    return this.#touches;
  }

  get pacer(): Pacer {
    return this.#pacer;
  }

  /** The journal so far: a head and one line an entry. */
  get journal(): readonly string[] {
    return [...this.#lines, ...this.#unwrittenTime()];
  }

  /** Handles a request to a node's engine at the present virtual time. Rejects with EngineUnreachable. */
  async request(node: string, request: EngineRequest): Promise<EngineResponse> {
    await this.#ready;
    const { answer } = await this.#pacer.enter(() => this.#enter(node, request));
    return answer;
  }

  #enter(node: string, request: EngineRequest): { readonly answer: EngineResponse | Promise<EngineResponse> } {
    const engine = engineFor(this.#cluster, node, request);
    const handling = this.#door.open(engine, request);
    if (!handling.writes) return { answer: this.#timed(handling.begin(request)) };
    this.#touches++;
    const safe = this.#append(toEntry(this.#cluster.sim.now, node, request));
    const { number, response } = this.#desk.begin(node, request);
    this.#listen(number, request);
    return {
      answer: Promise.all([response, safe]).then(([answer]) => this.#forward(number, answer)),
    };
  }

  /** A stream that sets timers of the simulation begins in its time, so that they are waited for. */
  #timed(answer: EngineResponse | Promise<EngineResponse>): EngineResponse | Promise<EngineResponse> {
    if (answer instanceof Promise) return answer.then((late) => this.#timed(late));
    const { stream } = answer;
    if (!stream) return answer;
    return { ...answer, stream: (sink) => void this.#pacer.enter(() => stream(sink)) };
  }

  /** What the client says later enters like a request, and is written down like one. */
  #listen(number: number, request: EngineRequest): void {
    const desk = this.#desk;
    const say = (what: Omit<InputEntry, 't' | 'of'>) =>
      void this.#pacer.enter(() => {
        if (desk !== this.#desk || !desk.line(number)) return;
        this.#touches++;
        void this.#append({ t: this.#cluster.sim.now, of: number, ...what });
        deliver(desk, { t: 0, of: number, ...what });
      });
    request.signal?.addEventListener('abort', () => say({ gone: true }));
    request.input?.onData((chunk) => say({ input: toBase64(chunk) }));
    request.input?.onEnd(() => say({ end: true }));
  }

  /** The stream of an answer; that its client went away is told to the simulation in turn. */
  #forward(number: number, response: EngineResponse): EngineResponse {
    const { stream } = response;
    if (!stream) return response;
    const desk = this.#desk;
    return {
      ...response,
      stream: (sink) => {
        stream(sink);
        sink.onClose(() => {
          void this.#pacer.enter(() => {
            if (desk !== this.#desk || !desk.line(number)) return;
            this.#touches++;
            void this.#append({ t: this.#cluster.sim.now, of: number, gone: true });
            deliver(desk, { t: 0, of: number, gone: true });
          });
        });
      },
    };
  }

  /** Changes speed or pause; the journal keeps it, so that a restored cluster goes on alike. */
  setClock(change: { readonly speed?: number; readonly paused?: boolean }): Promise<void> {
    this.#pacer.set(change);
    const { speed, paused } = this.#pacer;
    return this.#append({ t: this.#cluster.sim.now, speed, paused });
  }

  /** Starts over with factory-new engines of the same configuration. */
  reset(kind: ResetKind): Promise<void> {
    return this.#alone(async () => {
      const config = this.#cluster.config;
      const nodes = typeof config.nodes === 'number' ? config.nodes : config.nodes.length;
      const init = kind === 'none' ? 0 : kind === 'swarm1' ? 1 : nodes;
      const managers = kind === 'managers3' ? nodes : 1;
      const start = this.#wallClock?.() ?? config.start;
      const { speed, paused } = this.#pacer;
      this.#retire('the cluster was reset');
      await this.#begin({ ...config, init, managers, start }, { speed, paused });
      this.#pacer.start();
    });
  }

  /** Puts the cluster of another journal in this one's place. Throws the damage as an error, and changes nothing then. */
  load(lines: readonly string[]): Promise<void> {
    return this.#alone(async () => {
      const read = readJournal(lines);
      if (read.damage !== undefined) throw new Error(read.damage);
      const { speed, paused } = this.#pacer;
      this.#retire('another journal was loaded');
      await this.#replay(read, { config: read.header!.config, speed, paused });
      this.#pacer.start();
    });
  }

  /** Goes back to a virtual time: everything after it is forgotten. */
  rewind(to: Micros): Promise<void> {
    return this.#alone(async () => {
      const read = readJournal(this.journal);
      const entries = read.entries.filter((entry) => entry.t <= to);
      const end = Math.max(to, read.header!.config.start);
      const { speed, paused } = this.#pacer;
      this.#retire('the cluster was rewound');
      await this.#replay(
        { header: read.header!, entries: [...entries, { t: end }] },
        {
          config: read.header!.config,
          speed,
          paused,
        },
      );
      this.#pacer.start();
    });
  }

  /** Writes down how far virtual time has come, if it has moved since the last line. */
  async checkpoint(): Promise<void> {
    for (const line of this.#unwrittenTime()) await this.#write(line, this.#cluster.sim.now);
  }

  /** Stops time, writes down how far it came, and lets the sink go. */
  async close(): Promise<void> {
    await this.resolvers.closeAll();
    await this.#pacer.enter(() => this.#pacer.close());
    await this.checkpoint();
    await this.#sink?.close?.();
  }

  #alone(act: () => Promise<void>): Promise<void> {
    const result = this.#ready.then(act);
    this.#ready = result.catch(() => {});
    return result;
  }

  #retire(why: string): void {
    this.#pacer.close();
    this.#desk.abandon(why);
  }

  async #begin(config: ClusterConfig, pace: { readonly speed?: number; readonly paused?: boolean }): Promise<void> {
    this.#make(config, pace);
    this.#lines = [JSON.stringify({ swarmscope: journalVersion, config })];
    this.#written = config.start;
    await this.#sink?.replace(this.#lines);
  }

  #make(config: ClusterConfig, pace: { readonly speed?: number; readonly paused?: boolean }): void {
    this.#touches++;
    this.#cluster = new Cluster(config);
    const pacer = new Pacer(this.#cluster.sim, this.#host, pace);
    this.#pacer = pacer;
    this.#desk = new Desk(this.#cluster, this.#door, (inFlight) => {
      pacer.inFlight = inFlight;
    });
    this.#cluster.keeper = this;
  }

  async #replay(read: ReadJournal, options: Pick<LiveOptions, 'config' | 'speed' | 'paused'>): Promise<void> {
    const config = read.header?.config ?? options.config;
    this.#make(config, { paused: true });
    this.#lines = [
      JSON.stringify({ swarmscope: journalVersion, config }),
      ...read.entries.map((e) => JSON.stringify(e)),
    ];
    this.#written = read.entries.at(-1)?.t ?? config.start;
    for (const entry of read.entries) {
      await this.#pacer.advanceTo(entry.t);
      await this.#pacer.enter(() => this.#again(entry));
    }
    // The clients of then are gone.
    await this.#pacer.enter(() => {
      for (const of of this.#desk.listening) {
        const entry = { t: this.#cluster.sim.now, of, gone: true } as const;
        this.#lines.push(JSON.stringify(entry));
        deliver(this.#desk, entry);
      }
    });
    await this.#sink?.replace(this.#lines);
    const pace = read.entries.findLast((entry) => 'paused' in entry) as Checkpoint | undefined;
    this.#pacer.set({
      speed: options.speed ?? pace?.speed ?? 1,
      paused: options.paused ?? pace?.paused ?? false,
    });
  }

  #again(entry: JournalEntry): void {
    this.#touches++;
    if (isInput(entry)) deliver(this.#desk, entry);
    else if (isRequest(entry)) {
      const wantsInput = entry.headers?.upgrade !== undefined || entry.headers?.connection === 'Upgrade';
      const input = wantsInput ? { onData: () => {}, onEnd: () => {} } : undefined;
      try {
        this.#desk.begin(entry.node, toRequest(entry, { input }));
      } catch (error) {
        if (!(error instanceof EngineUnreachable)) throw error;
      }
    }
  }

  async #append(entry: JournalEntry): Promise<void> {
    await this.#write(JSON.stringify(entry), entry.t);
  }

  #write(line: string, t: Micros): void | Promise<void> {
    this.#lines.push(line);
    this.#written = t;
    return this.#sink?.append(line);
  }

  #unwrittenTime(): string[] {
    const { now } = this.#cluster.sim;
    return now - this.#written >= millisecond ? [JSON.stringify({ t: now })] : [];
  }
}

function deliver(desk: Desk, entry: InputEntry): void {
  const line = desk.line(entry.of);
  if (!line) return;
  if (entry.input !== undefined) line.data(fromBase64(entry.input));
  if (entry.end) line.end();
  if (entry.gone) line.gone();
}
