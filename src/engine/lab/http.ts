import type { LabHttpRequest, LabHttpResponse } from '../../api';
import type { Container, HttpOutcome, HttpRequest } from '../../daemon';
import { isAddress } from '../../daemon';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { ok } from '../routes/answers';
import { findContainer } from './find-container';

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** `POST /lab/http`: one HTTP request from a container, a node or outside, with the way that it took (DISC-70, DISC-71). */
export function http({ engine, json }: RouteContext<NodeEngine>) {
  const asked = json<LabHttpRequest>();
  const target = readUrl(asked.url);
  const request = readRequest(asked, target);
  if (asked.from === undefined || asked.from === '') return ok(fromNode(engine, target, request, undefined));
  if (typeof asked.from !== 'string') throw new EngineError(400, 'from must be a container, a task or a node');
  const found = findContainer(engine, asked.from);
  if (found) return ok(fromContainer(found.engine, found.container, target, request));
  const node = engine.cluster.engines.find(
    ({ name, membership }) => name === asked.from || membership?.nodeID === asked.from,
  );
  if (!node) throw new EngineError(404, `No such container or node: ${asked.from}`);
  if (node.power === 'off') throw new EngineError(409, `node ${node.name} has no power`);
  return ok(fromNode(engine, target, request, node));
}

function readUrl(url: unknown): Target {
  if (typeof url !== 'string') throw new EngineError(400, 'give a url');
  const match = /^(?:http:\/\/)?([^\s/:?#]+)(?::(\d{1,5}))?([/?][^\s#]*)?(?:#.*)?$/.exec(url);
  const port = Number(match?.[2] ?? 80);
  if (!match || port < 1 || port > 65_535) throw new EngineError(400, `not an http URL: ${url}`);
  const path = match[3] ?? '/';
  return { host: match[1]!, port, path: path.startsWith('/') ? path : `/${path}` };
}

function readRequest({ method, headers, body }: LabHttpRequest, { host, port, path }: Target): HttpRequest {
  if (method !== undefined && (typeof method !== 'string' || !/^[A-Za-z]{1,20}$/.test(method)))
    throw new EngineError(400, `not an HTTP method: ${method}`);
  if (body !== undefined && typeof body !== 'string') throw new EngineError(400, 'body must be a text');
  if (headers !== undefined && (typeof headers !== 'object' || headers === null))
    throw new EngineError(400, 'headers must be an object of texts');
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return {
    method: (method ?? 'GET').toUpperCase(),
    path,
    headers: { host: port === 80 ? host : `${host}:${port}`, ...Object.fromEntries(given) },
    body: body ?? '',
  };
}

function fromContainer(
  engine: NodeEngine,
  container: Container,
  target: Target,
  request: HttpRequest,
): LabHttpResponse {
  const { containers } = engine.daemon;
  if (container.status !== 'running') throw new EngineError(409, `container ${container.name} is not running`);
  if (isAddress(target.host) || target.host === 'localhost') {
    return show(target.host, containers.http(container, target.host, target.port, request));
  }
  const answer = container.sandbox?.resolve(target.host, 'A');
  const address = answer?.reply.answers.find((record) => record.type === 'A')?.data;
  const dns = answer?.trace ?? [];
  if (address === undefined)
    return {
      outcome: 'unresolved',
      dns,
      hops: [`${container.name} on ${engine.name}`, `${target.host} has no address`],
    };
  return { ...show(address, containers.http(container, address, target.port, request)), dns };
}

function fromNode(
  engine: NodeEngine,
  target: Target,
  request: HttpRequest,
  from: NodeEngine | undefined,
): LabHttpResponse {
  const named = engine.cluster.engines.find(({ name }) => name === target.host);
  const address = named?.address ?? (target.host === 'localhost' ? (from ?? engine).address : target.host);
  if (!isAddress(address))
    return { outcome: 'unresolved', hops: [from?.name ?? 'outside', `${target.host} has no address`] };
  const outcome = (from ?? engine).daemon.containers.httpToNode(address, target.port, request, from?.name);
  return show(address, { ...outcome, hops: [from?.name ?? 'outside', ...outcome.hops] });
}

function show(address: string, outcome: HttpOutcome): LabHttpResponse {
  if (outcome.kind !== 'answer') return { outcome: outcome.kind, address, hops: outcome.hops };
  const { status, headers, body, hops } = outcome;
  return { outcome: 'answer', status, headers, body, address, hops };
}
