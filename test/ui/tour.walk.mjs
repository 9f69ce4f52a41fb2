// Everything a newcomer finds in the side bar, in the light theme: empty views, tooltips, menus, documents, logs, why a
// task waits, refusals, undo.
import assert from 'node:assert/strict';

export const options = {
  theme: 'light',
  viewport: { width: 1440, height: 900 },
  settings: { 'swarmscope.speed': 5 },
};

/** Creates a service by the wizard with what is given; the rest is left as it stands. */
async function createService(workbench, { name, image = 'nginx', replicas = '1', networks, publish = '', more = {} }) {
  await workbench.runCommand('Swarmscope: Create Service…');
  await workbench.answer('Name of the service', name);
  await workbench.answer('Image of the tasks', image);
  await workbench.pick('How many tasks, and where', 'replicated');
  await workbench.answer('Number of tasks', replicas);
  if (networks) await workbench.pick('Networks in which the service is found', ...networks);
  await workbench.pick('one virtual address for all tasks', 'vip');
  await workbench.answer('such as 80:80', publish);
  for (const [label, [prompt, value]] of Object.entries(more)) {
    await workbench.pick('Choose a setting to change', label);
    await workbench.answer(prompt, value);
  }
  await workbench.pick('Choose a setting to change', 'Create service');
}

const rowLike = (workbench, view, text) =>
  workbench.until(async () => (await workbench.rowTexts(view)).find((row) => text.test(row)), `${text} in ${view}`);

export default async function walk(workbench, step) {
  await step('empty views say what they are for, and offer the next step', async () => {
    await workbench.openContainer('Swarmscope');
    await workbench.row('Nodes', 'swarm-1');
    assert.match(await workbench.welcome('Services'), /No services yet[\s\S]*Create Service/);
    await workbench.shot('empty');
  });

  await step('a back button keeps what was typed', async () => {
    await workbench.runCommand('Swarmscope: Create Service…');
    await workbench.answer('Name of the service', 'web');
    await workbench.question('Image of the tasks');
    await workbench.quickInput.fill('nginx:1.27');
    await workbench.shot('wizard-image');
    await workbench.quick.locator('[aria-label^="Back"]').click();
    await workbench.question('Name of the service');
    assert.equal(await workbench.quickInput.inputValue(), 'web');
    await workbench.press('Enter');
    await workbench.question('Image of the tasks');
    assert.equal(await workbench.quickInput.inputValue(), 'nginx:1.27');
    await workbench.press('Enter');
    await workbench.question('How many tasks, and where');
    await workbench.shot('wizard-mode');
    await workbench.pick('How many tasks, and where', 'replicated');
    await workbench.answer('Number of tasks', '2');
    await workbench.pick('one virtual address for all tasks', 'vip');
    await workbench.answer('such as 80:80', '8080:80');
    await workbench.question('Choose a setting to change');
    await workbench.shot('wizard-settings');
    await workbench.pick('Choose a setting to change', 'Create service');
    await rowLike(workbench, 'Services', /^web 2\/2/);
  });

  await step('cancelling the progress leaves the work going on, and says so', async () => {
    await workbench.notificationButton('Creating web', 'Cancel');
    await workbench.notification('Operation continuing in background.');
    await workbench.shot('continues');
    await workbench.clearNotifications();
  });

  await step('a refusal of the engine returns to the field that it is about, with all answers kept', async () => {
    await createService(workbench, { name: 'other', publish: '8080:80' });
    await workbench.question('Published ports');
    await workbench.quick.getByText('already in use').waitFor();
    assert.equal(await workbench.quickInput.inputValue(), '8080:80/tcp');
    await workbench.shot('port-refused');
    await workbench.quickInput.fill('8081:80');
    await workbench.press('Enter');
    await workbench.pick('Choose a setting to change', 'Create service');
    await rowLike(workbench, 'Services', /^other 1\/1/);
  });

  await step('networks: made, used, and refused to be removed while in use', async () => {
    await workbench.runCommand('Swarmscope: Create Network…');
    await workbench.answer('Name of the network', 'backend');
    await workbench.pick('How containers of the network reach each other', 'overlay');
    await workbench.answer('Addresses of the network', '');
    await workbench.pick('Check what the network is to be');
    await workbench.row('Networks', 'backend');
    await createService(workbench, { name: 'db', image: 'mongo', networks: ['backend'] });
    await rowLike(workbench, 'Services', /^db 1\/1/);
    await workbench.clearNotifications();
    await workbench.rowMenu('Networks', 'backend', 'Remove Network…');
    await workbench.shot('remove-network');
    await workbench.dialog('backend', 'Remove');
    await workbench.notification('is in use by service');
    await workbench.shot('network-in-use');
    await workbench.clearNotifications();
  });

  await step('every kind of row has a tooltip in Markdown', async () => {
    await workbench.expand('Services', /^db/);
    await workbench.expand('Networks', /^backend/);
    const kinds = [
      ['Nodes', 'swarm-1', /Role[\s\S]*manager, leader/],
      ['Services', /^db/, /Image[\s\S]*mongo/],
      ['Services', /^db\.1/, /State[\s\S]*Running/],
      ['Networks', /^backend/, /Subnet[\s\S]*10\.0\.1\.0\/24/],
      ['Networks', /^db/, /Image[\s\S]*mongo/],
    ];
    for (const [view, row, text] of kinds) {
      const tooltip = await workbench.tooltip(view, row);
      assert.match(tooltip.text, text);
      assert.ok(tooltip.markdown, `${row} in Markdown`);
      await workbench.shot(`tooltip-${view}-${String(row).replace(/\W/g, '')}`);
    }
  });

  await step('menus offer what fits the row', async () => {
    const service = await workbench.menuOf('Services', /^web/);
    console.log(`    service: ${service.join(', ')}`);
    assert.ok(service.includes('Scale Service…') && !service.includes('Roll Back Service'));
    const task = await workbench.menuOf('Services', /^db\.1/);
    console.log(`    task: ${task.join(', ')}`);
    assert.ok(task.some((entry) => entry.startsWith('Why Here')) && task.some((entry) => entry.startsWith('Ask DNS')));
    const node = await workbench.menuOf('Nodes', 'swarm-2');
    console.log(`    node: ${node.join(', ')}`);
    assert.ok(node.includes('Promote Node to Manager') && !node.includes('Demote Node to Worker'));
    assert.ok(node.includes('Power Node Off') && !node.includes('Power Node On'));
    const network = await workbench.menuOf('Networks', 'backend');
    console.log(`    network: ${network.join(', ')}`);
    assert.ok(network.includes('Remove Network…'));
    await (await workbench.row('Services', /^web/)).click({ button: 'right' });
    await workbench.shot('menu');
    await workbench.press('Escape');
  });

  await step('a pending task says why it waits, and what would help', async () => {
    await createService(workbench, {
      name: 'picky',
      networks: [],
      more: { 'Placement constraints': ['constraint', 'node.labels.disk==ssd'] },
    });
    await workbench.expand('Services', /^picky/);
    await rowLike(workbench, 'Services', /^picky\.1 Pending · no suitable node/);
    await workbench.shot('pending');
    await workbench.rowAction('Services', /^picky\.1/, 'Why Here, Why Pending?');
    const page = await workbench.webview('h1, h2');
    const text = await workbench.until(async () => {
      const shown = await page.locator('body').innerText();
      return shown.includes('swarm-3') && shown;
    }, 'the explanation');
    assert.match(text, /disk/);
    await workbench.shot('why');
  });

  await step('logs follow in an output channel', async () => {
    await workbench.rowMenu('Services', /^db/, 'Show Logs');
    await workbench.until(
      async () => (await workbench.page.locator('.part.panel .view-line').allInnerTexts()).join('').length > 0,
      'lines in the panel',
    );
    await workbench.shot('logs');
  });

  await step('scaling can be undone', async () => {
    await workbench.notificationButton('Creating picky', 'Cancel'); // it would wait for a node for ever
    await workbench.clearNotifications();
    await workbench.rowMenu('Services', /^web/, 'Scale Service…');
    await workbench.answer('Number of tasks', '4');
    await rowLike(workbench, 'Services', /^web 4\/4/);
    await workbench.shot('scaled');
    await workbench.notificationButton('web scaled to 4', 'Undo');
    await rowLike(workbench, 'Services', /^web 2\/2/);
    await workbench.clearNotifications();
  });

  await step('an update can be rolled back', async () => {
    await workbench.rowAction('Services', /^other/, 'Update Image…');
    await workbench.answer('Image of the tasks', 'nginx:1.27');
    await rowLike(workbench, 'Services', /^other 1\/1 · nginx:1\.27/);
    assert.ok((await workbench.menuOf('Services', /^other/)).includes('Roll Back Service'));
    await workbench.rowMenu('Services', /^other/, 'Roll Back Service');
    await rowLike(workbench, 'Services', /^other 1\/1 · nginx:latest/);
    await workbench.shot('rolled-back');
  });

  await step('the side bar has no accessibility findings of its own', async () => {
    // What VS Code itself draws: buttons inside of a view's header, which is a button; and rows whose label and description
    // stand side by side without a blank in the markup, so that they differ from their name, which has one.
    const excluded =
      /^(nested-interactive: .*class="pane-header|label-content-name-mismatch: .*class="monaco-list-row)/;
    const findings = await workbench.accessibility('.sidebar');
    assert.deepEqual(
      findings.filter((finding) => !excluded.test(finding)),
      [],
    );
    for (const view of ['Nodes', 'Services', 'Networks']) {
      for (const [at, text] of (await workbench.rowTexts(view)).entries()) {
        const name = await workbench.rows(view).nth(at).getAttribute('aria-label');
        assert.ok(name.replace(/\s+/g, ' ').startsWith(text), `${name} says what is seen: ${text}`);
      }
    }
  });
}
