import type { DnsReply } from '../../api';
import type { EngineClient } from '../../client/engine-client';
import { EngineApiError } from '../../client/transport';
import { parseTimestamp, second } from '../../sim';
import { moment } from '../model/age';
import { t } from '../model/l10n';
import { ClientCaches, cacheKey } from './model/client-cache';
import { answerText } from './model/everywhere';
import { questionName } from './model/names';
import type { Question, WatchLine } from './protocol';

/** When to look, in wall milliseconds: soon after something happened, then slower while news is under way. */
const pace = { debounce: 60, fastest: 200, slowest: 5_000, atMost: 2 ** 30 } as const;
/** Virtual time after which news that is still under way is no longer waited for: what holds it up is a fault. */
const patience = 60 * second;
const mostLines = 200;

/**
 * Looks at what a container would be answered whenever something happened that may change it, and once more when the
 * gossip says that news will be there. While nothing happens it does nothing; and looking leaves no mark.
 */
export class NameWatch {
  readonly question: Question;
  readonly #client: EngineClient;
  readonly #changed: () => void;
  readonly #successor: () => Promise<string | undefined>;
  readonly #caches = new ClientCaches();
  #from: string;
  #lines: WatchLine[] = [];
  #last = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait: number = pace.fastest;
  #since = 0;
  #looking = false;
  #again = false;
  #over = false;

  /** `successor`: another container to ask from when the one that asked is gone; `changed` is called after each new line. */
  constructor(
    client: EngineClient,
    question: Question,
    options: { readonly successor: () => Promise<string | undefined>; readonly changed: () => void },
  ) {
    this.#client = client;
    this.question = question;
    this.#from = question.from;
    this.#changed = options.changed;
    this.#successor = options.successor;
    this.touch();
  }

  /** The newest first. */
  get lines(): readonly WatchLine[] {
    return this.#lines;
  }

  /** Whether nothing is planned before something happens. */
  get isResting(): boolean {
    return this.#timer === undefined && !this.#looking;
  }

  /** Something happened in the cluster. */
  touch(): void {
    this.#wait = pace.fastest;
    this.#since = 0;
    this.#plan(pace.debounce);
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #plan(delay: number): void {
    if (this.#over) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#look();
      },
      Math.min(delay, pace.atMost),
    );
  }

  /** One look at a time; what happens meanwhile is looked at after it. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    try {
      const delay = await this.#once();
      if (delay !== undefined && !this.#timer) this.#plan(delay);
    } catch (error) {
      if (!(await this.#moveOn(error))) this.#note('', error instanceof Error ? error.message : String(error), true);
    } finally {
      this.#looking = false;
      if (this.#again) {
        this.#again = false;
        this.touch();
      }
    }
  }

  /** Looks and notes; gives how long until it is worth another look. */
  async #once(): Promise<number | undefined> {
    const { name, type, cache } = this.question;
    const request = { from: this.#from, name: questionName(name, type), type };
    const found = await this.#client.lab.lookUp(request);
    const clock = await this.#client.lab.clock();
    const now = parseTimestamp(found.now);
    this.#since ||= now;
    const reply = {
      silent: found.rcode === 'silence',
      rcode: found.rcode === 'silence' ? 'SERVFAIL' : found.rcode,
      answers: found.answers,
    } as DnsReply;
    const truth = answerText(reply);
    // A client with a cache goes on with what it has, however wrong it became.
    const key = cacheKey(cache, { ...request, from: this.question.from });
    let kept = this.#caches.get(key, now);
    if (!kept) {
      this.#caches.put(key, cache, reply, now);
      kept = this.#caches.get(key, now);
    }
    const believed = kept ? answerText(kept.reply) : truth;
    const bad = found.answers.length === 0 || believed !== truth;
    const text = believed === truth ? truth : `${truth} · ${t('the client still uses {0}', believed)}`;
    this.#note(found.now, text, bad);
    if (clock.paused) return undefined;
    const waits = [this.#untilSteady(found.steadyUntil, now, clock.speed)];
    if (kept && Number.isFinite(kept.until))
      waits.push(clock.speed === 0 ? pace.slowest : (kept.until - now) / 1_000 / clock.speed + 20);
    const known = waits.filter((wait) => wait !== undefined);
    return known.length > 0 ? Math.max(pace.debounce, Math.min(...known)) : undefined;
  }

  #untilSteady(steadyUntil: string | undefined, now: number, speed: number): number | undefined {
    if (steadyUntil === undefined) return undefined;
    const until = parseTimestamp(steadyUntil);
    if (until > now && speed > 0) return (until - now) / 1_000 / speed + 20;
    if (now - this.#since > patience) return undefined;
    const wait = this.#wait;
    this.#wait = Math.min(pace.slowest, wait * 1.6);
    return wait;
  }

  /** Who asked is gone: another of the same service takes its place, if there is one. */
  async #moveOn(error: unknown): Promise<boolean> {
    if (!(error instanceof EngineApiError) || error.status !== 404) return false;
    const next = await this.#successor().catch(() => undefined);
    if (next === undefined) {
      this.#note('', t('nobody asks: the container is gone'), true);
      return true;
    }
    if (next === this.#from) return false;
    this.#from = next;
    this.#plan(pace.debounce);
    return true;
  }

  #note(at: string, text: string, bad: boolean): void {
    if (text === this.#last || this.#over) return;
    this.#last = text;
    this.#lines = [{ at: at === '' ? '' : moment(at).slice(11), text, bad }, ...this.#lines].slice(0, mostLines);
    this.#changed();
  }
}
