// The real docker command in the integrated terminal and the trees see one swarm; a shell in a container; a real engine
// (our own program on a socket) is shown, lost and found again.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repo } from '../host/host.mjs';

export const options = { theme: 'light', settings: { 'swarmscope.speed': 10 }, viewport: { width: 1280, height: 900 } };

const rowLike = (workbench, view, text) =>
  workbench.until(async () => (await workbench.rowTexts(view)).find((row) => text.test(row)), `${text} in ${view}`);

const docker = spawnSync('docker', ['--version']).status === 0;

/** Starts our own program as an engine on a socket; resolves when it is ready. */
async function serve(socket) {
  const args = [path.join(repo, 'dist/swarmscope.js'), 'serve', '--host', `unix://${socket}`, '--speed', '10'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
  });
  return child;
}

export default async function walk(workbench, step) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'real-'));
  const socket = path.join(folder, 'd.sock');
  let server;
  try {
    await step('nothing listens before it is asked for', async () => {
      await workbench.openContainer('Swarmscope');
      await workbench.row('Nodes', 'swarm-1');
      assert.deepEqual(workbench.sockets(), []);
    });

    await step(
      'the first terminal brings the offer, once: a private socket, and the state in the status bar',
      async () => {
        await workbench.runCommand('Terminal: Create New Terminal');
        await workbench.notification('Let the docker command');
        await workbench.shot('offer');
        assert.deepEqual(workbench.sockets(), []);
        await workbench.notificationButton('Let the docker command', 'Use in Terminals');
        await workbench.notification('speaks with swarm-1');
        const [file] = await workbench.until(() => workbench.sockets(), 'a socket');
        assert.equal(fs.statSync(file).mode & 0o777, 0o600);
        assert.equal(fs.statSync(path.dirname(file)).mode & 0o077, 0);
        assert.ok(Buffer.byteLength(file) <= 100, file);
        await workbench.statusItem('swarm-1');
        await workbench.shot('in-use');
        await workbench.notificationButton('speaks with swarm-1', 'Open Terminal');
        await workbench.until(async () => (await workbench.notifications()).length === 0, 'no second offer');
        // The keyboard goes to the new terminal a moment after its tab is there.
        const tabs = workbench.page.locator('.part.panel .monaco-list-row', { hasText: 'sh' });
        await workbench.until(async () => (await tabs.count()) === 2, 'a second terminal');
        await workbench.page.waitForTimeout(3_000);
      },
    );

    if (docker) {
      await step('what is typed in the terminal is seen in the tree, and the other way round', async () => {
        await workbench.terminalShows(/[$#] *$/);
        await workbench.terminalType('docker service create --detach --name web --replicas 2 nginx');
        await rowLike(workbench, 'Services', /^web 2\/2/);
        await workbench.terminalType('clear; docker service ls');
        await workbench.terminalShows(/web +replicated +2\/2/);
        await workbench.shot('docker-service-ls');
        await workbench.rowMenu('Services', /^web/, 'Scale Service…');
        await workbench.answer('Number of tasks', '3');
        await rowLike(workbench, 'Services', /^web 3\/3/);
        await workbench.terminalType('clear; docker service ls');
        await workbench.terminalShows(/web +replicated +3\/3/);
        await workbench.notification('web scaled to 3');
        assert.equal((await workbench.notifications()).filter((text) => /web/.test(text)).length, 1);
        await workbench.shot('scaled');
      });

      await step('after a reload the same terminals go on', async () => {
        const [before] = workbench.sockets();
        await workbench.reload();
        await workbench.statusItem('swarm-1');
        await workbench.until(() => workbench.sockets().includes(before), 'the socket at its place');
        await workbench.runCommand('Terminal: Focus Terminal');
        await workbench.until(async () => {
          await workbench.terminalType('clear; docker service ls --format "{{.Name}} {{.Replicas}}"');
          return workbench
            .until(async () => /web 3\/3/.test(await workbench.terminalText()), 'the list', 8_000)
            .then(() => true);
        }, 'docker after the reload');
      });
    }

    await step('another node is chosen in the list behind the status bar item', async () => {
      await workbench.clearNotifications();
      await (await workbench.statusItem('swarm-1')).click();
      await workbench.question('Terminals speak with swarm-1');
      await workbench.shot('terminal-actions');
      await workbench.quickRow(/Choose another node/).click();
      await workbench.question('Which node does the docker command');
      await workbench.shot('choose-node');
      await workbench.quickRow('swarm-2').click();
      await workbench.statusItem('swarm-2');
      await workbench.until(() => workbench.sockets().length === 2, 'a second socket');
    });

    await step('a Docker context for every program, made and removed', async () => {
      const contexts = () => workbench.homeFiles(/\.docker\/contexts\/meta\/[0-9a-f]{64}\/meta\.json$/);
      await workbench.runCommand('Swarmscope: Create Docker Context');
      await workbench.notification('docker --context swarmscope node ls');
      assert.equal(contexts().length, 1);
      await workbench.shot('context');
      if (docker) {
        await workbench.runCommand('Terminal: Focus Terminal');
        await workbench.terminalType(
          'clear; DOCKER_HOST= docker --context swarmscope info --format "{{.Name}} {{.Swarm.Nodes}}"',
        );
        await workbench.terminalShows(/^swarm-2 \d/m);
      }
      await workbench.runCommand('Swarmscope: Remove Docker Context');
      await workbench.notification('swarmscope is removed');
      assert.deepEqual(contexts(), []);
    });

    await step('a shell in a container, from its task', async () => {
      await workbench.openContainer('Swarmscope');
      await workbench.expand('Services', /^web/);
      await workbench.rowMenu('Services', /^web\.1/, 'Open Shell in Container');
      await workbench.terminalShows(/[$#] *$/);
      await workbench.terminalType('hostname');
      await workbench.terminalShows(/^[0-9a-f]{12}$/m);
      await workbench.shot('shell');
    });

    await step('stopped, nothing listens any more', async () => {
      await workbench.runCommand('Swarmscope: Stop Using in Terminals');
      await workbench.until(() => workbench.sockets().length === 0, 'the sockets to go');
      await workbench.shot('stopped');
    });

    await step('a real engine is shown as what it is, and changed', async () => {
      server = await serve(socket);
      await workbench.runCommand('Swarmscope: Connect to a Real Swarm…');
      await workbench.question('Which Docker context');
      await workbench.shot('contexts');
      await workbench.quickRow(/Enter an address/).click();
      await workbench.answer('Address of a manager', `unix://${socket}`);
      await workbench.statusItem('REAL');
      await rowLike(workbench, 'Nodes', /^swarm-1 0 tasks/);
      await workbench.shot('real');
      assert.ok(!(await workbench.commands('Swarmscope: ')).includes('Swarmscope: Pause Time'));
    });

    await step('when it goes away that is told; Reconnect finds it again', async () => {
      server.kill('SIGKILL');
      await workbench.notification('is lost');
      await workbench.shot('lost');
      server = await serve(socket);
      await workbench.notificationButton('is lost', 'Reconnect');
      await rowLike(workbench, 'Nodes', /^swarm-1/);
    });

    await step('disconnected, the simulation is as it was', async () => {
      await workbench.theme('dark');
      await workbench.shot('real-dark');
      await workbench.runCommand('Swarmscope: Disconnect and Return to the Simulation');
      await rowLike(workbench, 'Services', /^web \d\/\d/);
      await workbench.shot('simulation-again');
    });

    await step('when all machines are off, the view offers to start them', async () => {
      await workbench.clearNotifications();
      for (const node of ['swarm-3', 'swarm-2', 'swarm-1']) {
        await workbench.rowMenu('Nodes', node, 'Power Node Off');
        await workbench.notification(`${node} is switched off`);
      }
      assert.match(await workbench.welcome('Nodes'), /All nodes are switched off[\s\S]*Start Nodes/);
      await workbench.shot('all-off');
      await workbench.welcomeButton('Nodes', 'Start Nodes');
      await rowLike(workbench, 'Nodes', /^swarm-1 /);
    });
  } finally {
    server?.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
