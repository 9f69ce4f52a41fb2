import * as vscode from 'vscode';
import type { NodeAvailability, NodeRole } from '../../api';
import type { App } from '../app';
import { t } from '../model/l10n';
import { confirm, tellWithUndo } from '../ui/undo';
import { quickInput } from '../wizard/quick-input';
import { runWizard } from '../wizard/wizard';
import type { Input } from './command';
import { sure, target } from './command';

type Done = { readonly node: string };
type Added = { readonly ID: string; readonly Hostname: string };

/** `docker node update --availability`, which can be undone. */
export function setAvailability(availability: NodeAvailability) {
  return async (app: App, input: Input): Promise<Done | undefined> => {
    const object = await target(app, 'node', input);
    if (!object) return undefined;
    if (availability === 'drain' && !(await sure(app, input, t('Drain the node {0}?', object.name)))) return undefined;
    const before = await app.client.nodes.inspect(object.id);
    const set = async (to: NodeAvailability): Promise<void> => {
      const node = await app.client.nodes.inspect(object.id);
      await app.client.nodes.update(node.ID, node.Version.Index, { ...node.Spec, Availability: to });
    };
    await set(availability);
    if (!input.form && before.Spec.Availability !== availability) {
      tellWithUndo(app.log, availabilityText(availability, object.name), () => set(before.Spec.Availability));
    }
    return { node: object.id };
  };
}

function availabilityText(availability: NodeAvailability, name: string): string {
  switch (availability) {
    case 'active':
      return t('{0} takes tasks again.', name);
    case 'pause':
      return t('{0} is paused: its tasks stay, new ones go elsewhere.', name);
    case 'drain':
      return t('{0} is drained: its tasks move to other nodes.', name);
  }
}

/** `docker node promote` and `demote`, with the command line's words. */
export function setRole(role: NodeRole) {
  return async (app: App, input: Input): Promise<Done | undefined> => {
    const object = await target(app, 'node', input);
    if (!object) return undefined;
    const node = await app.client.nodes.inspect(object.id);
    if (node.Spec.Role === role) {
      const text =
        role === 'manager' ? `Node ${object.name} is already a manager.` : `Node ${object.name} is already a worker.`;
      if (!input.form) void vscode.window.showInformationMessage(text);
      return { node: object.id };
    }
    const demoting = t('Demote the node {0} to a worker?', object.name);
    if (role === 'worker' && !(await sure(app, input, demoting))) return undefined;
    await app.client.nodes.update(node.ID, node.Version.Index, { ...node.Spec, Role: role });
    const text =
      role === 'manager'
        ? `Node ${object.name} promoted to a manager in the swarm.`
        : `Manager ${object.name} demoted in the swarm.`;
    if (!input.form) void vscode.window.showInformationMessage(text);
    return { node: object.id };
  };
}

/** A further simulated machine that joins the swarm: asks for role and name, or `{ role?, name? }`. */
export async function addNode(app: App, input: Input): Promise<Added | undefined> {
  const add = async (options: { name?: string; role?: NodeRole }) => {
    const added = await app.client.lab.addNode(options);
    await app.model.refresh();
    return added;
  };
  if (input.form) {
    const name = input.text('name');
    return add({ ...(name && { name }), role: input.text('role') === 'manager' ? 'manager' : 'worker' });
  }
  const names = app.model.objects.nodes.values().map((node) => node.Description.Hostname ?? '');
  const added = await runWizard<{ role: NodeRole; name: string }, Added>(quickInput, {
    title: t('Add Node'),
    questions: [
      {
        kind: 'pick',
        title: t('Role'),
        prompt: t('What the new node is to be'),
        items: () => [
          { label: 'worker', value: 'worker', detail: t('Runs tasks') },
          { label: 'manager', value: 'manager', detail: t('Runs tasks, and takes part in managing the swarm') },
        ],
        value: ({ role }) => [role],
        write: ([role], state) => ({ ...state, role: role === 'manager' ? 'manager' : 'worker' }),
      },
      {
        kind: 'input',
        title: t('Name'),
        prompt: t('Host name of the new node; empty goes on from the last one'),
        value: ({ name }) => name,
        check: (text) => {
          if (text === '') return undefined;
          if (names.includes(text)) return t('There is a node of this name already.');
          return /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(text)
            ? undefined
            : t('Use letters, digits and hyphens.');
        },
        write: (name, state) => ({ ...state, name }),
      },
    ],
    state: { role: 'worker', name: '' },
    finish: ({ role, name }) => add({ role, ...(name && { name }) }),
  });
  if (added) void vscode.window.showInformationMessage(t('{0} joined the swarm.', added.Hostname));
  return added;
}

/** `docker node rm`; a simulated machine is taken out of the world with it. */
export async function removeNode(app: App, input: Input): Promise<Done | undefined> {
  const object = await target(app, 'node', input);
  if (!object) return undefined;
  let force = input.flag('force');
  if (!input.form) {
    const node = await app.client.nodes.inspect(object.id);
    force = node.Status.State !== 'down';
    const detail = t('Its tasks are lost and, where they are replicated, made anew on other nodes.');
    if (!(await confirm(t('Remove the node {0} from the swarm?', object.name), t('Remove'), detail))) return undefined;
  }
  await app.client.nodes.remove(object.id, force);
  if (app.model.simulated) await app.client.lab.power(object.name, 'remove');
  await app.model.refresh();
  return { node: object.id };
}

/** Switches a simulated machine off as by its plug, or on again. */
export function power(to: 'off' | 'on') {
  return async (app: App, input: Input): Promise<Done | undefined> => {
    const object = await target(app, 'node', input);
    if (!object) return undefined;
    await app.client.lab.power(object.name, to);
    if (!input.form) {
      if (to === 'on') void vscode.window.showInformationMessage(t('{0} starts.', object.name));
      else {
        tellWithUndo(
          app.log,
          t('{0} is switched off. The swarm notices when its heartbeats stay away.', object.name),
          () => app.client.lab.power(object.name, 'on'),
        );
      }
    }
    return { node: object.id };
  };
}

/** Switches all simulated machines on that are off. */
export async function startNodes(app: App): Promise<readonly string[]> {
  const off = (await app.client.lab.nodes()).filter((machine) => machine.power === 'off');
  for (const { Hostname } of off) await app.client.lab.power(Hostname, 'on');
  return off.map(({ Hostname }) => Hostname);
}
