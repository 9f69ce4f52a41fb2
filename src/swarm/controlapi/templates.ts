import type { ContainerSpec } from '../../api';
import { invalid } from './names';

type Shape = string | { readonly type: string; readonly fields: Readonly<Record<string, Shape>> };

const identified = (type: string, fields: Readonly<Record<string, Shape>>): Shape => ({ type, fields });

/** What templates in specs may refer to, with the names of Go's types as they stand in its errors. */
const context: Shape = identified('*template.Context', {
  Service: identified('struct { ID string; Name string; Labels map[string]string }', {
    ID: 'string',
    Name: 'string',
    Labels: 'map[string]string',
  }),
  Node: identified('template.NodeContext', {
    ID: 'string',
    Hostname: 'string',
    Platform: identified('template.PlatformContext', { Architecture: 'string', OS: 'string' }),
  }),
  Task: identified('struct { ID string; Name string; Slot string }', { ID: 'string', Name: 'string', Slot: 'string' }),
});

/** The first thing in a template that cannot be expanded, in the words of Go's template package; undefined when all can. */
export function templateError(text: string): string | undefined {
  for (let open = text.indexOf('{{'); open >= 0; ) {
    const close = text.indexOf('}}', open);
    if (close < 0) return 'template: expansion:1: unclosed action';
    const action = text.slice(open + 2, close);
    const lonely = /^-?\s*(if|range|with)\s*-?$/.exec(action);
    if (lonely) return `template: expansion:1: missing value for ${lonely[1]}`;
    for (const match of action.matchAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|(?<![\w)])((?:\.[A-Za-z_]\w*)+)/g)) {
      if (!match[1]) continue;
      const error = fieldError(match[1]);
      if (!error) continue;
      // A chain of fields stands where its second one does.
      const second = match[1].indexOf('.', 1);
      return `template: expansion:1:${open + 2 + match.index + Math.max(0, second)}: executing "expansion" at <${match[1]}>: ${error}`;
    }
    open = text.indexOf('{{', close);
  }
  return undefined;
}

function fieldError(chain: string): string | undefined {
  let shape: Shape = context;
  for (const field of chain.slice(1).split('.')) {
    // A map has every key.
    if (shape === 'map[string]string') return undefined;
    if (typeof shape === 'string') return `can't evaluate field ${field} in type ${shape}`;
    const next: Shape | undefined = shape.fields[field];
    if (!next) return `can't evaluate field ${field} in type ${shape.type}`;
    shape = next;
  }
  return undefined;
}

/** Throws when a template in the hostname, environment or mounts of a container refers to something unknown. */
export function validateTemplates(spec: ContainerSpec): void {
  const hostname = templateError(spec.Hostname ?? '');
  if (hostname) throw invalid(`expanding hostname failed: ${hostname}`);
  for (const mount of spec.Mounts ?? []) {
    for (const text of [mount.Source ?? '', mount.Target ?? '']) {
      const error = templateError(text);
      if (error) throw invalid(`expanding mounts failed: expanding mount "${text}": ${error}`);
    }
  }
  for (const entry of spec.Env ?? []) {
    const equals = entry.indexOf('=');
    const error = equals < 0 ? undefined : templateError(entry.slice(equals + 1));
    if (error) throw invalid(`expanding env failed: expanding env "${entry}": ${error}`);
  }
}
