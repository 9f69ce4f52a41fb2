// The talk, relived in the real workbench through palette, trees and DNS panel alone: TALK-9, 10, 11, 13, 14, 15, 16
// and 18; then the window is reloaded, and the extension host killed, and all is still there.
import assert from 'node:assert/strict';

export const options = { theme: 'dark', viewport: { width: 1440, height: 900 } };

const settings = {
  env: ['Environment', 'Variables, separated by blanks'],
  args: ['Arguments', 'What follows the image'],
  reserveMemory: ['Reserved memory', 'Memory, such as 100m'],
  updateDelay: ['Update: delay between tasks', 'A duration'],
};

async function createNetwork(workbench, { name, subnet = '', encrypted = false }) {
  await workbench.runCommand('Swarmscope: Create Network…');
  await workbench.answer('Name of the network', name);
  await workbench.pick('How containers of the network reach each other', 'overlay');
  await workbench.answer('Addresses of the network', subnet);
  if (subnet) await workbench.answer('Address of the gateway', '');
  await workbench.pick('Check what the network is to be', ...(encrypted ? ['Encrypted'] : []));
  await workbench.row('Networks', name);
}

async function createService(
  workbench,
  { name, image, mode = 'replicated', replicas = 1, networks = [], dnsrr = false, publish = '', more = {} },
) {
  await workbench.runCommand('Swarmscope: Create Service…');
  await workbench.answer('Name of the service', name);
  await workbench.answer('Image of the tasks', image);
  await workbench.pick('How many tasks, and where', mode);
  if (mode === 'replicated') await workbench.answer('Number of tasks', String(replicas));
  await workbench.pick('Networks in which the service is found', ...networks);
  await workbench.pick('one virtual address for all tasks', dnsrr ? 'dnsrr' : 'vip');
  await workbench.answer('such as 80:80', publish);
  for (const [key, value] of Object.entries(more)) {
    const [label, prompt] = settings[key];
    await workbench.pick('Choose a setting to change', label);
    await workbench.answer(prompt, value);
  }
  await workbench.pick('Choose a setting to change', 'Create service');
}

async function running(workbench, name, count) {
  const wanted = typeof count === 'number' ? `${count}/${count}` : count;
  await workbench.until(
    async () =>
      (await workbench.rowTexts('Services')).some((text) => text.startsWith(`${name} `) && text.includes(wanted)),
    `${name} to run ${wanted}`,
  );
}

/** Asks in the DNS panel, from the container of a service on a node, and gives the answer's text. */
async function ask(workbench, frame, { from, node, name, type = 'A' }) {
  const option = frame
    .locator(`#from optgroup[label="${node}"] option`, { hasText: new RegExp(`^${from}(\\.\\d+)? · `) })
    .first();
  await option.waitFor({ state: 'attached' });
  await frame.locator('#from').selectOption(await option.getAttribute('value'));
  await frame.locator('#name').fill(name);
  await frame.locator('#type').selectOption(type);
  const before = await frame.locator('#history li').count();
  await frame.locator('button.primary').click();
  await workbench.until(async () => (await frame.locator('#history li').count()) > before, `the answer to ${name}`);
  return frame.locator('#answer').innerText();
}

export default async function walk(workbench, step) {
  await step('TALK-13: a swarm of three nodes is in the side bar', async () => {
    const began = Date.now();
    await workbench.openContainer('Swarmscope');
    for (const node of ['swarm-1', 'swarm-2', 'swarm-3']) await workbench.row('Nodes', node);
    console.log(`    from click to populated tree: ${Date.now() - began} ms`);
    assert.match((await workbench.rowTexts('Nodes'))[0], /swarm-1.*(leader|manager)/i);
    await workbench.shot('three-nodes');
  });

  await step(
    'TALK-9: the subnet without its prefix length is refused with the engine’s words, at the field',
    async () => {
      await workbench.runCommand('Swarmscope: Create Network…');
      await workbench.answer('Name of the network', 'collabnet');
      await workbench.pick('How containers of the network reach each other', 'overlay');
      await workbench.question('Addresses of the network');
      await workbench.quickInput.fill('10.0.3.0');
      await workbench.quick.getByText('invalid CIDR address: 10.0.3.0').waitFor();
      await workbench.shot('subnet-refused');
      await workbench.press('Escape');
    },
  );

  await step('TALK-9: an encrypted overlay network with a subnet', async () => {
    await createNetwork(workbench, { name: 'collabnet', subnet: '10.0.3.0/24', encrypted: true });
    const [row] = (await workbench.rowTexts('Networks')).filter((text) => text.startsWith('collabnet'));
    assert.match(row, /10\.0\.3\.0\/24/);
    assert.match(row, /encrypted/);
  });

  await step('TALK-10: a DNSRR service converges to 5 of 5', async () => {
    await createService(workbench, {
      name: 'wordpressapp',
      image: 'nginx',
      replicas: 5,
      networks: ['collabnet'],
      dnsrr: true,
    });
    await workbench.shot('progress');
    await running(workbench, 'wordpressapp', 5);
    await workbench.shot('wordpressapp-dnsrr');
  });

  await step('TALK-10: the same name again is refused as the engine does', async () => {
    await workbench.runCommand('Swarmscope: Create Service…');
    await workbench.question('Name of the service');
    await workbench.quickInput.fill('wordpressapp');
    await workbench.quick.getByText('already exists').waitFor();
    await workbench.press('Escape');
  });

  await step('TALK-10: it is removed, and comes again with a virtual IP and a published port', async () => {
    await workbench.rowMenu('Services', 'wordpressapp', 'Remove Service…');
    await workbench.dialog('wordpressapp', 'Remove');
    await workbench.until(
      async () => !(await workbench.rowTexts('Services')).some((text) => text.startsWith('wordpressapp')),
      'the service to go',
    );
    await createService(workbench, {
      name: 'wordpressapp',
      image: 'nginx',
      replicas: 5,
      networks: ['collabnet'],
      publish: '80:80/tcp',
    });
    await running(workbench, 'wordpressapp', 5);
    assert.ok(
      (await workbench.rowTexts('Services')).some(
        (text) => text.startsWith('wordpressapp') && text.includes('*:80->80/tcp'),
      ),
    );
  });

  await step('TALK-11: one virtual IP for each network, ingress first', async () => {
    await workbench.rowMenu('Services', 'wordpressapp', 'Inspect');
    await workbench.activeTab('wordpressapp');
    await workbench.press('Mod+End');
    const text = await workbench.until(async () => {
      const lines = (await workbench.lines()).join('\n');
      return lines.includes('VirtualIPs') ? lines : undefined;
    }, 'VirtualIPs in the document');
    const addresses = [...text.matchAll(/"Addr": "([\d./]+)"/g)].map(([, address]) => address);
    assert.equal(addresses.length, 2);
    assert.match(addresses[0], /^10\.0\.0\./);
    assert.match(addresses[1], /^10\.0\.3\./);
    await workbench.shot('virtual-ips');
  });

  await step('TALK-14: two networks, a database behind go-demo, go-demo on both', async () => {
    await createNetwork(workbench, { name: 'proxy' });
    await createNetwork(workbench, { name: 'go-demo' });
    await createService(workbench, {
      name: 'go-demo-db',
      image: 'mongo',
      networks: ['go-demo'],
      more: { reserveMemory: '100m' },
    });
    await createService(workbench, {
      name: 'go-demo',
      image: 'vfarcic/go-demo',
      networks: ['go-demo', 'proxy'],
      more: { env: 'DB=go-demo-db', reserveMemory: '50m' },
    });
    await running(workbench, 'go-demo-db', 1);
    await running(workbench, 'go-demo', 1);
  });

  await step('TALK-15: a global service for debugging, one task on every node', async () => {
    await createService(workbench, {
      name: 'util',
      image: 'alpine',
      mode: 'global',
      networks: ['go-demo', 'proxy'],
      more: { args: 'sleep 1000000000' },
    });
    await running(workbench, 'util', 3);
    await workbench.expand('Services', /^util/);
    await workbench.shot('util-tasks');
  });

  let vip = '';
  await step('TALK-15: from the util container of each node the names answer with the virtual IP', async () => {
    await workbench.runCommand('Swarmscope: Ask DNS…');
    const frame = await workbench.webview('#name');
    for (const node of ['swarm-1', 'swarm-2', 'swarm-3']) {
      for (const name of ['go-demo', 'go-demo-db']) {
        const text = await ask(workbench, frame, { from: 'util', node, name });
        assert.match(text, /status: NOERROR/);
        const addresses = [...text.matchAll(/\sA\s+(\d+\.\d+\.\d+\.\d+)/g)].map(([, address]) => address);
        assert.equal(addresses.length, 1);
        if (name === 'go-demo') {
          assert.ok(vip === '' || vip === addresses[0], 'each node says the same');
          [vip] = addresses;
        }
        const tasks = await ask(workbench, frame, { from: 'util', node, name: `tasks.${name}` });
        assert.doesNotMatch(
          tasks,
          new RegExp(`\\b${addresses[0].replaceAll('.', '\\.')}$`, 'm'),
          'the virtual IP is no container’s address',
        );
      }
    }
    assert.match(await frame.locator('#trace').innerText(), /127\.0\.0\.11/);
    await workbench.shot('dns-panel');
    const unknown = await ask(workbench, frame, { from: 'util', node: 'swarm-2', name: 'wordpressapp' });
    assert.match(unknown, /NXDOMAIN/, 'a service of a network that the container is not in');
  });

  await step('the panel has no accessibility findings', async () => {
    assert.deepEqual(await workbench.accessibility('body', await workbench.webview('#name')), []);
  });

  await step('TALK-16: go-demo is scaled to five', async () => {
    await (await workbench.row('Services', /^go-demo\s*1\//)).click();
    await workbench.rowMenu('Services', /^go-demo\s*1\//, 'Scale Service…');
    await workbench.answer('Number of tasks', '5');
    await running(workbench, 'go-demo', 5);
    const chosen = await workbench.row('Services', /^go-demo\s*5\//);
    assert.equal(
      await chosen.getAttribute('aria-selected'),
      'true',
      'the row that was clicked stays chosen while it changes',
    );
    // The click unfolded it; what is counted later must fit on the screen.
    await chosen.locator('.monaco-tl-twistie').click();
    const frame = await workbench.webview('#name');
    const text = await workbench.until(async () => {
      const answer = await ask(workbench, frame, { from: 'util', node: 'swarm-3', name: 'tasks.go-demo' });
      return [...answer.matchAll(/\sA\s+\d/g)].length === 5 ? answer : undefined;
    }, 'all five tasks in the names of swarm-3');
    assert.match(text, /ANSWER: 5/);
    await frame.locator('#name').fill('tasks.go-demo');
    await frame.locator('#times').fill('200');
    await frame.locator('#ask-many').click();
    await frame.locator('#spread caption', { hasText: '200' }).waitFor();
    assert.equal(await frame.locator('#spread .fill').count(), 5);
    await workbench.shot('distribution');
  });

  await step('TALK-18: a rolling update to go-demo 1.1 with a delay of 5 seconds', async () => {
    await workbench.rowMenu('Services', /^go-demo\s*5\//, 'Update Settings…');
    await workbench.pick('Choose a setting to change', 'Image');
    await workbench.answer('Image of the tasks', 'vfarcic/go-demo:1.1');
    await workbench.pick('Choose a setting to change', 'Update: delay between tasks');
    await workbench.answer('A duration', '5s');
    await workbench.pick('Choose a setting to change', 'Apply the changes');
    await workbench.shot('update-running');
    await workbench.until(
      async () =>
        (await workbench.rowTexts('Services')).some((text) => /^go-demo 5\/5 · vfarcic\/go-demo:1\.1/.test(text)),
      'the new image on five tasks',
      120_000,
    );
    await workbench.shot('updated');
  });

  const everything = async () =>
    (await workbench.rowTexts('Services')).filter((text) => /^(go-demo|go-demo-db|util|wordpressapp) \d/.test(text));
  let before = [];
  await step('after a reload of the window all is still there', async () => {
    before = await everything();
    assert.equal(before.length, 4);
    const began = Date.now();
    await workbench.reload();
    await workbench.openContainer('Swarmscope');
    await workbench.row('Services', 'go-demo-db');
    console.log(`    from reload to populated tree: ${Date.now() - began} ms`);
    await workbench.until(
      async () => JSON.stringify(await everything()) === JSON.stringify(before),
      `the same services as before: ${before.join(' | ')}; now ${(await everything()).join(' | ')}`,
    );
    await workbench.row('Networks', 'collabnet');
    await workbench.shot('after-reload');
  });

  await step('after the extension host was killed all is still there, and the names answer as before', async () => {
    await workbench.restart();
    await workbench.openContainer('Swarmscope');
    await workbench.row('Services', 'go-demo-db');
    await workbench.until(
      async () => JSON.stringify(await everything()) === JSON.stringify(before),
      'the same services as before',
    );
    await workbench.runCommand('Swarmscope: Ask DNS…');
    const frame = await workbench.webview('#name');
    assert.match(
      await ask(workbench, frame, { from: 'util', node: 'swarm-1', name: 'go-demo' }),
      new RegExp(`\\sA\\s+${vip.replaceAll('.', '\\.')}`),
    );
    await workbench.shot('after-kill');
  });
}
