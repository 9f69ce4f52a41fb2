// What is acknowledged survives: the extension host killed at bad moments, damaged journals, two windows on one place.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

export const options = { theme: 'dark' };

export default async function walk(workbench, step) {
  const journal = () => workbench.files(/cluster\.jsonl$/)[0];
  const lines = () => fs.readFileSync(journal(), 'utf8').split('\n').slice(0, -1);
  const networks = async (...names) => {
    await workbench.openContainer('Swarmscope');
    for (const name of names) await workbench.row('Networks', name);
  };
  const createNetwork = async (name) => {
    await workbench.runCommand('Swarmscope: Create Network…');
    await workbench.answer('Name of the network', name);
    await workbench.pick('How containers of the network reach each other', 'overlay');
    await workbench.answer('Addresses of the network', '');
    await workbench.pick('Check what the network is to be');
    await workbench.notification(`Network ${name} created.`);
  };

  await step(
    'the extension host is killed right after an answer, and while nothing happens: nothing is lost',
    async () => {
      await networks('ingress');
      const made = [];
      for (const [name, wait] of [
        ['at-once', 0],
        ['later', 1_500],
      ]) {
        await createNetwork(name);
        await new Promise((done) => setTimeout(done, wait));
        await workbench.killExtensionHost();
        made.push(name);
        await workbench.reload();
        await networks('ingress', ...made);
        assert.deepEqual(await workbench.notifications(), []);
      }
      await workbench.shot('after-kills');
    },
  );

  await step('a last line that was cut off was never answered: nothing is told, nothing else is lost', async () => {
    await workbench.restart(() => fs.appendFileSync(journal(), '{"t":17,"meth'));
    await networks('at-once', 'later');
    assert.deepEqual(await workbench.notifications(), []);
    await createNetwork('after-cut');
    await workbench.restart();
    await networks('at-once', 'later', 'after-cut');
  });

  await step(
    'a line that is garbage: what is before it is restored, the file is kept aside, one sentence tells',
    async () => {
      let damaged = '';
      await workbench.restart(() => {
        const all = lines();
        const at = all.findIndex((line) => line.includes('"later"'));
        assert.ok(at > 0);
        damaged = [...all.slice(0, at), '\u0000garbage', ...all.slice(at), ''].join('\n');
        fs.writeFileSync(journal(), damaged);
      });
      await networks('at-once');
      const toast = await workbench.notification('The saved swarm was damaged');
      assert.match(await toast.innerText(), /cluster\.damaged-1\.jsonl/);
      await workbench.shot('damaged');
      assert.equal(await workbench.rows('Networks', 'later').count(), 0);
      assert.equal(fs.readFileSync(path.join(path.dirname(journal()), 'cluster.damaged-1.jsonl'), 'utf8'), damaged);
      await workbench.clearNotifications();
    },
  );

  await step('a second window on the same folder is told, and writes nothing', async () => {
    const before = fs.readFileSync(journal(), 'utf8');
    const second = await workbench.secondWindow('Swarmscope');
    await second.locator('.notification-toast', { hasText: 'Another window already shows the saved swarm' }).waitFor();
    await second.locator('.monaco-list[aria-label="Nodes"] .monaco-list-row', { hasText: 'swarm-3' }).waitFor();
    await second.screenshot({ path: path.join(workbench.shotsDir, 'second-window.png') });
    await new Promise((done) => setTimeout(done, 500));
    assert.ok(fs.readFileSync(journal(), 'utf8').startsWith(before), 'what was written stays');
    await second.close();
    await createNetwork('first-goes-on');
    await workbench.restart();
    await networks('at-once', 'first-goes-on');
  });

  await step('a journal of another form: a new swarm, the file is kept aside, one sentence tells', async () => {
    await workbench.restart(() => {
      const text = fs.readFileSync(journal(), 'utf8');
      fs.writeFileSync(journal(), text.replace('"swarmscope":1', '"swarmscope":99'));
    });
    await networks('ingress');
    const toast = await workbench.notification('The saved swarm could not be read');
    assert.match(await toast.innerText(), /cluster\.damaged-2\.jsonl/);
    await workbench.shot('other-form');
    assert.equal(await workbench.rows('Networks', 'at-once').count(), 0);
  });
}
