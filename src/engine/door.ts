import type { EngineRequest, EngineResponse, Route, RouteContext } from './http';
import { WaitingError } from './http';
import type { NodeEngine } from './node-engine';
import { readJson } from './router/body';
import { cleanPath } from './router/clean-path';
import { refusal } from './router/errors';
import type { BodyKind } from './router/request-types';
import { Router } from './router/router';
import { atLeast, parseVersion, splitPath, versionRefusal } from './router/version';

/** What became of a request: an answer, and whether the request may have changed something. */
export interface Handling {
  readonly writes: boolean;
  /** Begins to handle it; to be called once, with the request or with the same from another line. */
  readonly begin: (request: EngineRequest) => EngineResponse | Promise<EngineResponse>;
}

const json = { 'Content-Type': 'application/json' };
/** What engines before 1.12 do not know (TALK-4, TALK-5). */
const ofSwarmMode = /^\/(?:swarm|services|tasks|nodes|secrets|configs)(?:\/|$)/;

const notFound: EngineResponse = { status: 404, headers: {}, json: { message: 'page not found' } };

/**
 * The one door: finds the route of a request and turns whatever comes of it into Docker's own answer.
 * Knows versions, headers and errors (API-1…11), nothing of what the routes do.
 */
export class Door {
  readonly #router: Router<NodeEngine>;

  constructor(routes: readonly Route<NodeEngine>[]) {
    this.#router = new Router(routes);
  }

  /** Finds out what a request asks for; the work waits for `begin`. */
  open(engine: NodeEngine, request: EngineRequest): Handling {
    const clean = cleanPath(request.path);
    if (clean !== undefined) return answer({ status: 301, headers: { Location: clean } });
    const { version, path, query } = splitPath(request.path);
    const anyPath = request.method === 'OPTIONS' && path !== '/';
    const known = !engine.cluster.fabric.old || !ofSwarmMode.test(path);
    const found = anyPath || !known ? undefined : this.#router.match(request.method, path);
    if (!found && !anyPath) return answer(finish(notFound, request, json));
    const profile = engine.profile;
    const headers: Record<string, string> = {
      'Api-Version': profile.apiVersion,
      Ostype: 'linux',
      Server: `Docker/${profile.engineVersion} (linux)`,
    };
    const asked = version ?? profile.apiVersion;
    const tooFar = versionRefusal(asked, profile);
    if (tooFar) return answer(refused(400, tooFar, headers, asked));
    headers['Docker-Experimental'] = 'false';
    if (!found) return answer({ status: 200, headers });
    return {
      writes: found.route.writes,
      begin: (from) => {
        const context: RouteContext<NodeEngine> = {
          engine,
          request: from,
          params: found.params,
          query: new URLSearchParams(query),
          apiVersion: parseVersion(asked),
          json: <T>(kind?: BodyKind) => readJson<T>(from, profile.name, kind),
        };
        return handle(
          () => found.route.handle(context),
          (response) => finish(response, request, headers),
          (error) => failed(error, headers, asked),
        );
      },
    };
  }
}

type Answer = EngineResponse | Promise<EngineResponse>;

/** Runs a handler; where it can only wait, it is run again at the virtual time at which there is an end to that. */
function handle(
  run: () => Answer,
  give: (response: EngineResponse) => EngineResponse,
  refuse: (error: unknown) => EngineResponse,
): Answer {
  const fail = (error: unknown): Answer => {
    if (!(error instanceof WaitingError)) return refuse(error);
    return new Promise((resolve) => {
      error.wait((final) => resolve(final ? refuse(final) : handle(run, give, refuse)));
    });
  };
  try {
    const result = run();
    return result instanceof Promise ? result.then(give, fail) : give(result);
  } catch (error) {
    return fail(error);
  }
}

function answer(response: EngineResponse): Handling {
  return { writes: false, begin: () => response };
}

/** Headers that every answer has (API-4), before the route's own. A HEAD keeps the head only. */
function finish(response: EngineResponse, request: EngineRequest, headers: Readonly<Record<string, string>>) {
  const own = response.json !== undefined && !hasType(response.headers) ? json : {};
  const whole = { ...response, headers: { ...headers, ...own, ...response.headers } };
  if (request.method !== 'HEAD') return whole;
  return { status: whole.status, headers: whole.headers };
}

function hasType(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
}

function failed(error: unknown, headers: Readonly<Record<string, string>>, asked: string): EngineResponse {
  const { status, message } = refusal(error);
  return refused(status, message, headers, asked);
}

/** Clients older than 1.24 get errors as plain text. */
function refused(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>>,
  asked: string,
): EngineResponse {
  if (status === 304) return { status, headers };
  if (atLeast(parseVersion(asked), '1.24')) {
    return { status, headers: { ...headers, ...json }, json: { message } };
  }
  const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  return { status, headers: { ...headers, ...plain }, text: `${message}\n` };
}
