// Nodes in all their states, time under the person's control, and a start over, in the light theme.
import { makeWeb } from './web-service.mjs';
export const options = { theme: 'light', settings: { 'swarmscope.speed': 10 } };

const rowLike = (workbench, view, text) =>
  workbench.until(async () => (await workbench.rowTexts(view)).find((row) => text.test(row)), `${text} in ${view}`);

export default async function walk(workbench, step) {
  await step('a service of three tasks', async () => {
    await workbench.openContainer('Swarmscope');
    await workbench.row('Nodes', 'swarm-1');
    await makeWeb(workbench);
    await workbench.shot('web');
  });

  await step('a drained node loses its tasks, which can be undone; a paused one is activated again', async () => {
    await workbench.rowAction('Nodes', 'swarm-3', 'Drain Node');
    await rowLike(workbench, 'Nodes', /^swarm-3 0 tasks · worker · Ready · Drain/);
    await rowLike(workbench, 'Services', /^web 3\/3/);
    await workbench.notification('swarm-3 is drained');
    await workbench.shot('drained');
    await workbench.notificationButton('swarm-3 is drained', 'Undo');
    await rowLike(workbench, 'Nodes', /^swarm-3 0 tasks · worker · Ready · Active/);
    await workbench.rowMenu('Nodes', 'swarm-3', 'Pause Node');
    await rowLike(workbench, 'Nodes', /^swarm-3 0 tasks · worker · Ready · Pause/);
    await workbench.rowAction('Nodes', 'swarm-3', 'Activate Node');
    await rowLike(workbench, 'Nodes', /^swarm-3 0 tasks · worker · Ready · Active/);
  });

  await step('a worker becomes a manager and a worker again; the last manager stays one', async () => {
    await workbench.rowMenu('Nodes', 'swarm-2', 'Promote Node to Manager');
    await rowLike(workbench, 'Nodes', /^swarm-2 \d+ tasks? · manager/);
    await workbench.shot('promoted');
    await workbench.rowMenu('Nodes', 'swarm-2', 'Demote Node to Worker');
    await rowLike(workbench, 'Nodes', /^swarm-2 \d+ tasks? · worker/);
    await workbench.clearNotifications();
    await workbench.rowMenu('Nodes', 'swarm-1', 'Demote Node to Worker');
    await workbench.notification('last manager of the swarm');
    await workbench.shot('last-manager');
    await workbench.clearNotifications();
  });

  await step('a node without power is Down after its heartbeats stayed away, and its tasks move', async () => {
    await workbench.rowMenu('Nodes', 'swarm-2', 'Power Node Off');
    await rowLike(workbench, 'Nodes', /^swarm-2 \d+ tasks? · worker · Down/);
    await rowLike(workbench, 'Services', /^web 3\/3/);
    await workbench.expand('Services', /^web/);
    await workbench.shot('down');
    await workbench.rowAction('Nodes', 'swarm-2', 'Power Node On');
    await rowLike(workbench, 'Nodes', /^swarm-2 \d+ tasks? · worker · Ready · Active/);
  });

  await step('a node joins, and is removed', async () => {
    await workbench.runCommand('Swarmscope: Add Node…');
    await workbench.pick('What the new node is to be', 'worker');
    await workbench.question('Host name of the new node');
    await workbench.quickInput.fill('swarm-1');
    await workbench.quick.getByText('There is a node of this name already.').waitFor();
    await workbench.shot('name-taken');
    await workbench.quickInput.fill('spare');
    await workbench.press('Enter');
    await workbench.row('Nodes', 'spare');
    await workbench.clearNotifications();
    await workbench.rowMenu('Nodes', 'spare', 'Remove Node…');
    await workbench.shot('remove-node');
    await workbench.dialog('spare', 'Remove');
    await workbench.until(
      async () => !(await workbench.rowTexts('Nodes')).some((row) => row.startsWith('spare')),
      'the node to go',
    );
  });

  await step('time is paused: a service waits; a step brings it on; then it goes at another speed', async () => {
    await workbench.viewAction('Nodes', 'Pause Time');
    await workbench.statusItem('paused');
    await workbench.rowMenu('Services', /^web/, 'Scale Service…');
    await workbench.answer('Number of tasks', '5');
    await rowLike(workbench, 'Services', /^web [0-4]\/5/);
    await workbench.notification('time is paused');
    await workbench.shot('paused');
    await workbench.viewAction('Nodes', 'Step Time');
    await (await workbench.statusItem('paused')).click();
    await workbench.question('Time of the cluster');
    await workbench.shot('time-actions');
    await workbench.quickRow(/Step by/).click();
    await workbench.answer('How far', '20s');
    await rowLike(workbench, 'Services', /^web 5\/5/);
    await workbench.runCommand('Swarmscope: Set Speed of Time…');
    await workbench.question('How fast the time of the cluster goes');
    await workbench.shot('speeds');
    await workbench.quickRow(/^2×/).click();
    await workbench.statusItem('2×');
  });

  await step('measures the processor time of the extension host, settled and paused', async () => {
    await workbench.clearNotifications();
    await new Promise((done) => setTimeout(done, 6_000)); // what the last step set going comes to rest
    const before = await workbench.extensionHostTime();
    await new Promise((done) => setTimeout(done, 10_000));
    const used = (await workbench.extensionHostTime()) - before;
    console.log(`    settled: ${used} ms of processor time in 10 s`);
    await workbench.viewAction('Nodes', 'Pause Time');
    await workbench.statusItem('paused');
    await new Promise((done) => setTimeout(done, 2_000));
    const beforePause = await workbench.extensionHostTime();
    await new Promise((done) => setTimeout(done, 10_000));
    console.log(`    paused: ${(await workbench.extensionHostTime()) - beforePause} ms of processor time in 10 s`);
  });

  await step('starting over asks first, and gives a swarm as from the factory', async () => {
    await workbench.runCommand('Swarmscope: Start Over…');
    await workbench.shot('start-over');
    await workbench.dialog('Start over with a new swarm?', 'Start Over');
    await workbench.welcome('Services');
    await workbench.row('Nodes', 'swarm-3');
    await workbench.shot('started-over');
  });
}
