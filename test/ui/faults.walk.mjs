// Breaks things from the trees, and sees them listed and what follows from them.
import assert from 'node:assert/strict';
import { makeNetwork, makeWeb } from './web-service.mjs';

export const options = { theme: 'dark', viewport: { width: 1280, height: 900 }, settings: { 'swarmscope.speed': 10 } };

export default async function walk(workbench, step) {
  /** Chooses from the submenu Break of a row. */
  async function breakFromMenu(view, text, item) {
    await (await workbench.row(view, text)).click({ button: 'right' });
    const label = (name) => workbench.page.locator('.monaco-menu .action-label', { hasText: name });
    await label(/^Break$/).waitFor();
    await workbench.until(async () => {
      await label(/^Break$/).click();
      return label(item)
        .first()
        .waitFor({ timeout: 1500 })
        .then(() => true);
    }, 'the submenu');
    await workbench.until(async () => {
      await label(item).first().click();
      return label(item)
        .first()
        .waitFor({ state: 'hidden', timeout: 1500 })
        .then(() => true);
    }, 'the menu to close');
  }

  await step('a service that runs on all nodes of a network', async () => {
    await workbench.openContainer('Swarmscope');
    await workbench.row('Nodes', 'swarm-1');
    assert.equal(await workbench.tree('Faults').count(), 0);
    await makeNetwork(workbench, 'backend');
    await makeWeb(workbench, 'backend');
    await workbench.clearNotifications();
  });

  await step('a node without gossip is listed, and can be told apart in the comparison', async () => {
    await breakFromMenu('Nodes', 'swarm-3', /^Cut Node Off/);
    await workbench.pick('What swarm-3 is cut off from', 'Gossip (port 7946)');
    await workbench.notification('swarm-3 is cut off: Gossip (port 7946)');
    await workbench.row('Faults', 'swarm-3 is cut off');
    await workbench.rowAction('Services', /^web/, 'Scale Service…');
    await workbench.answer('Number of tasks', '4');
    await workbench.runCommand('Swarmscope: Compare Nodes');
    const page = await workbench.webview('h1, h2');
    await page.locator('h2', { hasText: 'Network backend' }).waitFor();
    await page.locator('td', { hasText: '≠' }).first().waitFor();
    assert.deepEqual((await page.locator('table').last().locator('th').allInnerTexts()).slice(3), [
      'swarm-1',
      'swarm-2',
      'swarm-3',
    ]);
    await workbench.clearNotifications();
    await workbench.shot('compared');
  });
}
