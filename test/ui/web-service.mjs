// What several walks begin with.

/** Makes an overlay network by its wizard, and waits for its row and for the word that it is there. */
export async function makeNetwork(workbench, name) {
  await workbench.runCommand('Swarmscope: Create Network…');
  await workbench.answer('Name of the network', name);
  await workbench.pick('How containers of the network reach each other', 'overlay');
  await workbench.answer('Addresses of the network', '');
  await workbench.pick('Check what the network is to be');
  await workbench.row('Networks', name);
  await workbench.notification(`Network ${name} created`);
}

/** Makes a service `web` of three tasks by its wizard, on a network if there is one, and waits until they run. */
export async function makeWeb(workbench, network) {
  await workbench.runCommand('Swarmscope: Create Service…');
  await workbench.answer('Name of the service', 'web');
  await workbench.answer('Image of the tasks', 'nginx');
  await workbench.pick('How many tasks, and where', 'replicated');
  await workbench.answer('Number of tasks', '3');
  if (network !== undefined) await workbench.pick('Networks in which the service is found', network);
  await workbench.pick('one virtual address for all tasks', 'vip');
  await workbench.answer('such as 80:80', '');
  await workbench.pick('Choose a setting to change', 'Create service');
  await workbench.until(
    async () => (await workbench.rowTexts('Services')).some((row) => row.startsWith('web 3/3')),
    'web to run',
  );
}
