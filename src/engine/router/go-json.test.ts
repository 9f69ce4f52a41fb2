import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanPath } from './clean-path';
import { decodeGo, GoTypeError } from './go-json';
import type { BodyKind } from './request-types';
import { bodyType } from './request-types';

const service = bodyType('service', '20.10');
const faultOf = (value: unknown, type = service): string | undefined => {
  try {
    decodeGo(value, type);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

describe("values as Go's decoder takes them", () => {
  // Each was answered by a real engine of 20.10.
  it.each([
    [[], 'json: cannot unmarshal array into Go value of type swarm.ServiceSpec'],
    ['x', 'json: cannot unmarshal string into Go value of type swarm.ServiceSpec'],
    [12, 'json: cannot unmarshal number into Go value of type swarm.ServiceSpec'],
    [{ Labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ServiceSpec.Labels of type string'],
    [
      { TaskTemplate: [] },
      'json: cannot unmarshal array into Go struct field ServiceSpec.TaskTemplate of type swarm.TaskSpec',
    ],
    [
      { TaskTemplate: { ContainerSpec: { Env: 'A=1' } } },
      'json: cannot unmarshal string into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Env of type []string',
    ],
    [
      { Mode: { Replicated: { Replicas: -1 } } },
      'json: cannot unmarshal number -1 into Go struct field ReplicatedService.Mode.Replicated.Replicas of type uint64',
    ],
    [
      { Mode: { Replicated: { Replicas: 1.5 } } },
      'json: cannot unmarshal number 1.5 into Go struct field ReplicatedService.Mode.Replicated.Replicas of type uint64',
    ],
    [
      { EndpointSpec: { Ports: [{ TargetPort: 'http' }] } },
      'json: cannot unmarshal string into Go struct field PortConfig.EndpointSpec.Ports.TargetPort of type uint32',
    ],
  ])('API-10: %j', (value, message) => {
    expect(faultOf(value)).toBe(message);
  });

  it('API-10: data that is no base64', () => {
    const secret = bodyType('secret', '20.10');
    expect(faultOf({ Data: 'not base64!' }, secret)).toBe('illegal base64 data at input byte 3');
    expect(faultOf({ Data: 'aGk' }, secret)).toBe('illegal base64 data at input byte 3');
    expect(faultOf({ Data: 'aGk=x' }, secret)).toBe('illegal base64 data at input byte 4');
    expect(faultOf({ Data: 5 }, secret)).toBe(
      'json: cannot unmarshal number into Go struct field SecretSpec.Data of type []uint8',
    );
    expect(decodeGo({ data: 'aGk=' }, secret)).toEqual({ Data: 'aGk=' });
  });

  it('API-10: null leaves things as they are, unknown fields are left out, the first mistake is told', () => {
    expect(decodeGo(null, service)).toEqual({});
    expect(decodeGo({ Name: null, Labels: null, Bogus: 1 }, service)).toEqual({ Labels: null });
    expect(faultOf({ Name: 1, Labels: 2 })).toContain('ServiceSpec.Name');
  });

  it('API-40: one text stands for a list of one word', () => {
    const container = bodyType('container', '28');
    expect(decodeGo({ Cmd: 'ls', Volumes: { '/x': {} } }, container)).toEqual({ Cmd: ['ls'], Volumes: { '/x': {} } });
    expect(faultOf({ Cmd: 5 }, container)).toBe(
      'json: cannot unmarshal number into Go struct field CreateRequest.Cmd of type string',
    );
  });

  it('takes any JSON for any body without another error than its own', () => {
    const kinds: BodyKind[] = ['service', 'node', 'swarm', 'init', 'join', 'network', 'connect', 'container', 'exec'];
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...kinds), (value, kind) => {
        try {
          decodeGo(value, bodyType(kind, '28'));
        } catch (error) {
          expect(error).toBeInstanceOf(GoTypeError);
        }
      }),
    );
  });
});

describe('paths', () => {
  it('clients are sent on from paths with empty parts and dots', () => {
    expect(cleanPath('/v1.41//services?a=//b')).toBe('/v1.41/services?a=//b');
    expect(cleanPath('/v1.41/services/../nodes/')).toBe('/v1.41/nodes/');
    expect(cleanPath('/services/a..b?x=/./')).toBeUndefined();
  });
});
