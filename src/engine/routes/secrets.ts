import type { Config, ConfigSpec, Secret, SecretSpec } from '../../api';
import type { RouteContext } from '../http';
import type { NodeEngine } from '../node-engine';
import { acceptOnly, anyOf, anyPrefix, matchLabels, parseFilters } from '../router/filters';
import type { NodeRoute } from './answers';
import { created, done, noContent, ok, reads, readVersion, writes } from './answers';
import { lookup } from './lookup';

type Kind = 'secret' | 'config';

/** Secrets and configs have the same routes; a secret's data never leaves (ORCH-7). */
export const secretRoutes: readonly NodeRoute[] = [...routesOf('secret'), ...routesOf('config')];

function routesOf(kind: Kind): readonly NodeRoute[] {
  const base = `/${kind}s`;
  return [
    reads('GET', base, (context) => list(context, kind)),
    writes('POST', `${base}/create`, ({ engine, json }) => {
      const spec = json<SecretSpec & ConfigSpec>(kind);
      const { control } = engine.manager();
      const object = kind === 'secret' ? control.createSecret(spec) : control.createConfig(spec);
      return created({ ID: object.ID });
    }),
    reads('GET', `${base}/{id}`, ({ engine, params }) =>
      ok(project(kind, lookup(engine.manager().store, kind, params.id!))),
    ),
    writes('DELETE', `${base}/{id}`, ({ engine, params }) => {
      const { control, store } = engine.manager();
      const { ID } = lookup(store, kind, params.id!);
      if (kind === 'secret') control.removeSecret(ID);
      else control.removeConfig(ID);
      return noContent;
    }),
    writes('POST', `${base}/{id}/update`, ({ engine, params, query, json }) => {
      const spec = json<SecretSpec & ConfigSpec>(kind);
      const version = readVersion(query, kind);
      const { control, store } = engine.manager();
      const { ID } = lookup(store, kind, params.id!);
      if (kind === 'secret') control.updateSecret(ID, version, spec);
      else control.updateConfig(ID, version, spec);
      return done;
    }),
  ];
}

function list({ engine, query }: RouteContext<NodeEngine>, kind: Kind) {
  const { store } = engine.manager();
  const filters = parseFilters(query, engine.profile);
  acceptOnly(filters, ['name', 'names', 'id', 'label'], engine.profile.name === '20.10');
  const found: (Secret | Config)[] = [];
  for (const object of store.all(kind)) {
    const { Name, Labels } = object.Spec;
    if (
      anyPrefix(filters, 'id', object.ID) &&
      anyPrefix(filters, 'name', Name) &&
      anyOf(filters, 'names', (name) => name === Name) &&
      matchLabels(filters, 'label', Labels)
    ) {
      found.push(object);
    }
  }
  return ok(found.map((object) => project(kind, object)));
}

function project(kind: Kind, object: Secret | Config): Secret | Config {
  const { Name, Labels, Data, Templating } = object.Spec;
  const driver = 'Driver' in object.Spec ? object.Spec.Driver : undefined;
  return {
    ID: object.ID,
    Version: object.Version,
    CreatedAt: object.CreatedAt,
    UpdatedAt: object.UpdatedAt,
    Spec: {
      Name,
      Labels: Labels ?? {},
      ...(kind === 'config' && Data !== undefined ? { Data } : {}),
      ...(driver ? { Driver: driver } : {}),
      ...(Templating ? { Templating } : {}),
    },
  };
}
