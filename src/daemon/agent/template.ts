import type { NodeDescription } from '../../api';
import type { StoredTask } from '../../swarm/objects';
import { taskName } from '../../swarm/objects';

/** The values that templates may name (ORCH-121). */
export interface TemplateContext {
  readonly task: StoredTask;
  readonly nodeID: string;
  readonly description: NodeDescription;
}

function fieldOf({ task, nodeID, description }: TemplateContext, path: string): string | undefined {
  const label = /^\.Service\.Labels\.(\S+)$/.exec(path);
  if (label) return task.ServiceAnnotations.Labels[label[1]!] ?? '';
  switch (path) {
    case '.Service.ID':
      return task.ServiceID ?? '';
    case '.Service.Name':
      return task.ServiceAnnotations.Name;
    case '.Service.Labels': {
      const labels = Object.entries(task.ServiceAnnotations.Labels).sort(([a], [b]) => (a < b ? -1 : 1));
      return `map[${labels.map(([key, value]) => `${key}:${value}`).join(' ')}]`;
    }
    case '.Node.ID':
      return nodeID;
    case '.Node.Hostname':
      return description.Hostname ?? '';
    case '.Node.Platform.OS':
      return description.Platform?.OS ?? '';
    case '.Node.Platform.Architecture':
      return description.Platform?.Architecture ?? '';
    case '.Node.Platform':
      return `{${description.Platform?.Architecture ?? ''} ${description.Platform?.OS ?? ''}}`;
    case '.Task.ID':
      return task.ID;
    case '.Task.Name':
      return taskName(task);
    case '.Task.Slot':
      // Tasks of global services are told apart by their node.
      return task.Slot ? String(task.Slot) : nodeID;
    default:
      return undefined;
  }
}

/** Fills `{{...}}` of hostname, env and mounts. Throws for what cannot be filled, as the template engine says it. */
export function expand(
  text: string,
  context: TemplateContext,
  functions: Readonly<Record<string, (argument: string) => string | undefined>> = {},
): string {
  if (!text.includes('{{')) return text;
  return text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/gs, (_, action: string) => {
    const indexed = /^index\s+\.Service\.Labels\s+"([^"]*)"$/.exec(action);
    if (indexed) return context.task.ServiceAnnotations.Labels[indexed[1]!] ?? '';
    const called = /^(\w+)\s+"([^"]*)"$/.exec(action);
    const run = called ? functions[called[1]!] : undefined;
    const value = called && run ? run(called[2]!) : fieldOf(context, action);
    if (value === undefined) {
      throw new Error(
        `template: expansion:1:2: executing "expansion" at <${action}>: can't evaluate field ${action.split('.').at(-1) ?? action} in type template.Context`,
      );
    }
    return value;
  });
}
