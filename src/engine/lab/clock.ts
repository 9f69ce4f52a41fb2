import type { LabClock } from '../../api';
import { millisecond, parseTimestamp, timestamp } from '../../sim';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { bodyText } from '../router/body';
import type { NodeRoute } from '../routes/answers';
import { done, ok } from '../routes/answers';
import type { Keeper, ResetKind } from './keeper';

/** Time and history. These requests act on the keeper, not inside the simulation: the journal tells their effect. */
export const clockRoutes: readonly NodeRoute[] = [
  outside('GET', '/lab/clock', ({ engine }) => ok(clock(engine, keeperOf(engine)))),
  outside('PATCH', '/lab/clock', async ({ engine, json }) => {
    const { speed, paused } = json<{ speed?: unknown; paused?: unknown }>();
    if (speed !== undefined && !(typeof speed === 'number' && Number.isFinite(speed) && speed >= 0)) {
      throw new EngineError(400, 'speed must be a number that is not negative');
    }
    if (paused !== undefined && typeof paused !== 'boolean') throw new EngineError(400, 'paused must be true or false');
    const keeper = keeperOf(engine);
    await keeper.setClock({ ...(speed === undefined ? {} : { speed }), ...(paused === undefined ? {} : { paused }) });
    return ok(clock(engine, keeper));
  }),
  outside('POST', '/lab/clock/step', step),
  outside('POST', '/lab/rewind', async ({ engine, json }) => {
    const { to } = json<{ to?: unknown }>();
    const time = typeof to === 'string' ? parseTimestamp(to) : Number.NaN;
    if (Number.isNaN(time)) throw new EngineError(400, 'to must be an RFC 3339 time');
    if (time > engine.cluster.sim.now) throw new EngineError(400, 'to must not be in the future');
    const keeper = keeperOf(engine);
    await keeper.rewind(time);
    return ok({ now: timestamp(time), speed: keeper.pacer.speed, paused: keeper.pacer.paused });
  }),
  outside('POST', '/lab/reset', async ({ engine, json }) => {
    const { kind = 'swarm3' } = json<{ kind?: string }>();
    if (!isResetKind(kind)) throw new EngineError(400, 'kind must be none, swarm1, swarm3 or managers3');
    await keeperOf(engine).reset(kind);
    return done;
  }),
  outside('GET', '/lab/journal', ({ engine }) => ({
    status: 200,
    headers: { 'Content-Type': 'application/x-ndjson' },
    text: keeperOf(engine)
      .journal.map((line) => `${line}\n`)
      .join(''),
  })),
  outside('PUT', '/lab/journal', async ({ engine, request }) => {
    const text = bodyText(request.body);
    if (text === undefined) throw new EngineError(400, 'the body must be the text of a journal');
    try {
      await keeperOf(engine).load(text.split('\n').filter((line) => line.trim() !== ''));
    } catch (error) {
      throw new EngineError(400, `the journal cannot be read: ${(error as Error).message}`);
    }
    return done;
  }),
];

function outside(method: string, path: string, handle: NodeRoute['handle']): NodeRoute {
  return { method, path, writes: false, handle };
}

function isResetKind(text: string): text is ResetKind {
  return text === 'none' || text === 'swarm1' || text === 'swarm3' || text === 'managers3';
}

function keeperOf(engine: NodeEngine): Keeper {
  const { keeper } = engine.cluster;
  if (!keeper) throw new EngineError(501, 'this cluster has no clock of its own: whoever made it moves it');
  return keeper;
}

function clock(engine: NodeEngine, { pacer }: Keeper): LabClock {
  const { sim } = engine.cluster;
  return {
    now: sim.timestamp,
    speed: pacer.speed,
    paused: pacer.paused,
    ...(sim.next === undefined ? {} : { next: timestamp(sim.next) }),
  };
}

/** To the next event, or for a duration; then the clock stands. */
async function step({ engine, json, request }: RouteContext<NodeEngine>) {
  const keeper = keeperOf(engine);
  const { milliseconds } = bodyText(request.body) === '' ? {} : json<{ milliseconds?: unknown }>();
  if (milliseconds !== undefined && !(typeof milliseconds === 'number' && milliseconds >= 0)) {
    throw new EngineError(400, 'milliseconds must be a number that is not negative');
  }
  const { sim } = engine.cluster;
  await keeper.setClock({ paused: true });
  const to = milliseconds === undefined ? (sim.next ?? sim.now) : sim.now + Math.round(milliseconds * millisecond);
  await keeper.pacer.advanceTo(to);
  return ok(clock(engine, keeper));
}
