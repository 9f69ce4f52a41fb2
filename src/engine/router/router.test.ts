import { describe, expect, it } from 'vitest';
import { profiles } from '../../api';
import { NetworkError } from '../../network/libnetwork';
import { StatusError } from '../../swarm/status-error';
import type { EngineRequest, Route } from '../http';
import { EngineError } from '../http';
import { parseJson, readJson } from './body';
import { refusal } from './errors';
import { acceptOnly, isTrue, matchLabels, parseFilters } from './filters';
import { Router } from './router';
import { splitPath, versionRefusal } from './version';

const route = (method: string, path: string): Route<unknown> => ({
  method,
  path,
  writes: false,
  handle: () => ({ status: 200, headers: {}, text: path }),
});

describe('Router', () => {
  const router = new Router([
    route('GET', '/services'),
    route('POST', '/services/create'),
    route('GET', '/services/{id}'),
    route('POST', '/services/{id}/update'),
    route('GET', '/images/{name*}/json'),
  ]);

  it('finds routes in their order and takes parameters apart', () => {
    expect(router.match('POST', '/services/create')?.route.path).toBe('/services/create');
    expect(router.match('GET', '/services/a%2Fb')?.params).toEqual({ id: 'a/b' });
    expect(router.match('GET', '/images/vfarcic/go-demo/json')?.params).toEqual({ name: 'vfarcic/go-demo' });
    expect(router.match('POST', '/services/x/update')?.params).toEqual({ id: 'x' });
  });

  it('API-1: a wrong method on a known path fits nothing, and HEAD is a method of its own', () => {
    expect(router.match('DELETE', '/services')).toBeUndefined();
    expect(router.match('GET', '/services/x/y')).toBeUndefined();
    expect(router.match('HEAD', '/services')).toBeUndefined();
    expect(router.match('GET', '/services/%zz')).toBeUndefined();
  });
});

describe('versions', () => {
  it('API-1: the prefix is optional', () => {
    expect(splitPath('/v1.41/services?a=b')).toEqual({ version: '1.41', path: '/services', query: 'a=b' });
    expect(splitPath('/services')).toEqual({ path: '/services', query: '' });
    expect(splitPath('/volumes/x')).toEqual({ path: '/volumes/x', query: '' });
  });

  it('API-3: versions out of range are refused with their bounds', () => {
    expect(versionRefusal('1.51', profiles['28'])).toBe(
      'client version 1.51 is too new. Maximum supported API version is 1.50',
    );
    expect(versionRefusal('1.11', profiles['20.10'])).toBe(
      'client version 1.11 is too old. Minimum supported API version is 1.12, please upgrade your client to a newer version',
    );
    expect(versionRefusal('1.9', profiles['28'])).toContain('too old');
    expect(versionRefusal('1.24', profiles['28'])).toBeUndefined();
  });
});

describe('bodies', () => {
  const bytes = (text: string, type = 'application/json'): EngineRequest => ({
    method: 'POST',
    path: '/x',
    headers: { 'content-type': type },
    body: new TextEncoder().encode(text),
  });
  const messageOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing was thrown';
  };

  it('API-10: bad JSON is refused with the words of Go', () => {
    expect(messageOf(() => readJson(bytes('{bad'), '28'))).toBe(
      "invalid JSON: invalid character 'b' looking for beginning of object key string",
    );
    expect(messageOf(() => readJson(bytes('{bad'), '20.10'))).toBe(
      "invalid character 'b' looking for beginning of object key string",
    );
    expect(messageOf(() => readJson(bytes('{"a":1'), '28'))).toBe('invalid JSON: unexpected EOF');
    expect(messageOf(() => readJson(bytes('{"a" 1}'), '28'))).toBe(
      "invalid JSON: invalid character '1' after object key",
    );
    expect(messageOf(() => readJson(bytes('[1 2]'), '28'))).toBe(
      "invalid JSON: invalid character '2' after array element",
    );
    expect(messageOf(() => readJson(bytes('tru!'), '28'))).toBe(
      "invalid JSON: invalid character '!' in literal true (expecting 'e')",
    );
  });

  it('API-10: trailing data, other types and empty bodies', () => {
    expect(messageOf(() => readJson(bytes('{} {}'), '28'))).toBe('unexpected content after JSON');
    expect(readJson(bytes('{"Name":"a"} trailing'), '20.10')).toEqual({ Name: 'a' });
    expect(messageOf(() => readJson(bytes('{}', 'text/plain'), '28'))).toBe(
      "unsupported Content-Type header (text/plain): must be 'application/json'",
    );
    expect(readJson(bytes(''), '28')).toEqual({});
    expect(messageOf(() => readJson(bytes(''), '20.10'))).toBe('got EOF while reading request body');
  });

  it('a value from the same process is taken as it is', () => {
    const value = { Name: 'a' };
    expect(readJson({ method: 'POST', path: '/', body: value }, '28')).toBe(value);
  });

  it('API-10: with a kind, fields are read in any case and what is not known is left out', () => {
    const text = '{"name":"a","labels":{"role":"x"},"taskTemplate":{"containerspec":{"image":"i","tty":true}},"x":1}';
    const read = { Name: 'a', Labels: { role: 'x' }, TaskTemplate: { ContainerSpec: { Image: 'i', TTY: true } } };
    expect(readJson(bytes(text), '28', 'service')).toEqual(read);
    expect(parseJson('{"UnknownField":1}')).toEqual({ UnknownField: 1 });
  });

  it('API-10: with a kind, wrong types are refused; the swarm of 20.10 takes any content type', () => {
    expect(messageOf(() => readJson(bytes('{"Name":5}'), '20.10', 'service'))).toBe(
      'json: cannot unmarshal number into Go struct field ServiceSpec.Name of type string',
    );
    expect(messageOf(() => readJson(bytes('{"Name":5}'), '28', 'network'))).toBe(
      'invalid JSON: json: cannot unmarshal number into Go struct field CreateRequest.Name of type string',
    );
    expect(readJson(bytes('null', 'text/plain'), '20.10', 'service')).toEqual({});
    expect(() => readJson(bytes('{}', 'text/plain'), '20.10', 'volume')).toThrow('must be');
  });
});

describe('filters', () => {
  const query = (filters: unknown) => new URLSearchParams({ filters: JSON.stringify(filters) });

  it('API-11: both forms are read', () => {
    expect(parseFilters(query({ label: { 'a=b': true, c: false } }), profiles['28']).get('label')).toEqual(['a=b']);
    expect(parseFilters(query({ label: ['a=b'] }), profiles['28']).get('label')).toEqual(['a=b']);
    expect(() => parseFilters(new URLSearchParams({ filters: '{' }), profiles['28'])).toThrow(EngineError);
  });

  it('API-11: what is neither form is refused, by 20.10 with the words of Go and a status of the route', () => {
    const refused = (value: unknown, profile: '20.10' | '28', status?: number): unknown => {
      try {
        return parseFilters(query(value), profiles[profile], status);
      } catch (error) {
        return refusal(error);
      }
    };
    expect(refused([], '28')).toEqual({ status: 400, message: 'invalid filter' });
    expect(refused({ name: 'x' }, '20.10')).toEqual({
      status: 500,
      message: 'json: cannot unmarshal string into Go value of type map[string]bool',
    });
    expect(refused([], '20.10', 400)).toEqual({
      status: 400,
      message: 'json: cannot unmarshal array into Go value of type map[string]map[string]bool',
    });
  });

  it('API-11: unknown keys are refused', () => {
    expect(() => acceptOnly(parseFilters(query({ x: ['1'] }), profiles['28']), ['name'], false)).toThrow(
      "invalid filter 'x'",
    );
    expect(() => acceptOnly(parseFilters(query({ x: ['1'] }), profiles['28']), ['name'], true)).toThrow(
      "Invalid filter 'x'",
    );
  });

  it('API-22: all labels asked for must be there', () => {
    const filters = parseFilters(query({ label: ['a=b', 'c'] }), profiles['28']);
    expect(matchLabels(filters, 'label', { a: 'b', c: '' })).toBe(true);
    expect(matchLabels(filters, 'label', { a: 'b' })).toBe(false);
    expect(matchLabels(filters, 'label', { a: 'x', c: '' })).toBe(false);
  });

  it('a yes is anything but the words for no', () => {
    expect(isTrue('bogus')).toBe(true);
    expect(isTrue('1')).toBe(true);
    expect(isTrue('False')).toBe(false);
    expect(isTrue(null)).toBe(false);
  });
});

describe('refusals', () => {
  it('API-8, API-9: errors get their status and keep their prefix', () => {
    expect(refusal(new StatusError('AlreadyExists', 'x'))).toEqual({
      status: 409,
      message: 'rpc error: code = AlreadyExists desc = x',
    });
    expect(refusal(new StatusError('FailedPrecondition', 'x')).status).toBe(400);
    expect(refusal(new StatusError('Unknown', 'x')).status).toBe(500);
    expect(refusal(new NetworkError('forbidden', 'no'))).toEqual({ status: 403, message: 'no' });
    expect(refusal(new EngineError(503, 'a'))).toEqual({ status: 503, message: 'a' });
    expect(refusal(new Error('x')).status).toBe(500);
  });
});
