import type { NetworkAttacher } from '../daemon';
import type { Swarm } from './swarm';

/** Attaches plain containers of a node to the swarm's attachable networks, by name, ID or its beginning (ALLOC-45). */
export function attacher(swarm: Swarm, nodeID: string): NetworkAttacher {
  const { store, control } = swarm;
  return {
    attach: ({ target, containerID, addresses }) => {
      const network = store.get('network', target) ?? store.named('network', target) ?? byPrefix(swarm, target);
      if (!network || network.Predefined) throw new Error(`network ${target} not found`);
      const task = control.attachNetwork({ nodeID, networkID: network.ID, containerID, addresses });
      return { taskID: task.ID, networkID: network.ID };
    },
    detach: (taskID) => {
      if (store.get('task', taskID)) control.detachNetwork(taskID);
    },
  };
}

function byPrefix({ store }: Swarm, prefix: string) {
  const found = [...store.all('network')].filter((network) => network.ID.startsWith(prefix));
  return prefix !== '' && found.length === 1 ? found[0] : undefined;
}
