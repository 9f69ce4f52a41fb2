// The DNS panel as one who works with it: keyboard, completion, history, many questions, small and narrow, in all colours.
import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { makeNetwork, makeWeb } from './web-service.mjs';

export const options = { theme: 'light', viewport: { width: 1280, height: 800 }, settings: { 'swarmscope.speed': 10 } };

export default async function walk(workbench, step) {
  const panel = () => workbench.webview('#name');
  const count = async () => (await panel()).locator('#history li').count();
  const grows = async (before) => workbench.until(async () => (await count()) > before, 'an answer');

  await step('a network with a service on it', async () => {
    await workbench.openContainer('Swarmscope');
    await workbench.row('Nodes', 'swarm-1');
    await makeNetwork(workbench, 'backend');
    await makeWeb(workbench, 'backend');
    await workbench.clearNotifications();
  });

  await step('names are completed, Enter asks, and Tab goes through the form in order', async () => {
    await workbench.runCommand('Swarmscope: Ask DNS…');
    const frame = await panel();
    await frame.locator('#from option').first().waitFor({ state: 'attached' });
    await workbench.shot('empty');
    const known = await frame
      .locator('#names option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value')));
    for (const name of ['web', 'tasks.web', 'web.backend']) assert.ok(known.includes(name), name);
    await workbench.until(() => frame.evaluate(() => document.activeElement?.id === 'name'), 'the name to have focus');
    await workbench.page.keyboard.type('tasks.web');
    await workbench.press('Enter');
    await grows(0);
    assert.match(await frame.locator('#answer').innerText(), /ANSWER: 3/);
    assert.match(await frame.locator('#summary').innerText(), /^tasks\.web A: NOERROR \d/);
    const order = [];
    for (let i = 0; i < 4; i++) {
      await workbench.press('Tab');
      order.push(await frame.evaluate(() => document.activeElement?.id || document.activeElement?.dataset.text));
    }
    assert.deepEqual(order, ['type', 'ask', 'times', 'ask-many']);
    await workbench.shot('answer');
  });

  await step('a name that nobody has is answered with NXDOMAIN; asked again from the history', async () => {
    const frame = await panel();
    await frame.locator('#name').fill('nobody');
    await frame.locator('#name').press('Enter');
    await grows(1);
    assert.match(await frame.locator('#summary').innerText(), /NXDOMAIN/);
    await frame.locator('#history .entry').nth(1).click();
    assert.match(await frame.locator('#summary').innerText(), /tasks\.web/);
    assert.equal(await frame.locator('#name').inputValue(), 'tasks.web');
    await frame.locator('#history .again').first().click();
    await grows(2);
    await workbench.shot('history');
  });

  await step('a thousand questions can be cancelled; what was answered is counted', async () => {
    const frame = await panel();
    await frame.locator('#name').fill('tasks.web');
    await frame.locator('#times').fill('1000');
    await frame.locator('#ask-many').click();
    await frame.locator('#cancel').click();
    await grows(3);
    const caption = await frame.locator('#spread caption').innerText();
    console.log(`    cancelled: ${caption}`);
    assert.ok(Number.parseInt(caption, 10) < 1000);
    assert.ok(await frame.locator('#cancel').isHidden());
    await workbench.shot('cancelled');
    await frame.locator('#ask-many').click();
    await frame.locator('#spread caption', { hasText: '1000' }).waitFor();
    assert.equal(await frame.locator('#spread .fill').count(), 3);
  });

  await step('TALK-8: the trace goes from the container to the engine and back', async () => {
    const frame = await panel();
    assert.deepEqual(
      (await frame.locator('#trace .place').allInnerTexts()).map((text) => text.replace(/\S+$/, '')),
      ['Container ', 'Engine of ', 'Container '],
    );
    await workbench.shot('trace');
  });

  await step(
    'every node is asked; the name is copied as dig; the resolver is opened for real dig and closed',
    async () => {
      const frame = await panel();
      await frame.locator('#everywhere-ask').click();
      await frame.locator('#everywhere caption', { hasText: 'tasks.web A' }).waitFor();
      const nodes = await frame.locator('#everywhere th[scope=row]').allInnerTexts();
      assert.deepEqual(nodes, ['swarm-1', 'swarm-2', 'swarm-3']);
      assert.equal(await frame.locator('#everywhere .differs').count(), 0);
      await frame.locator('#copy-dig').click();
      await frame.locator('#status', { hasText: /docker exec web\.\S+ dig tasks\.web$/ }).waitFor();
      await frame.locator('#open-resolver').click();
      const [, port] = /^dig @127\.0\.0\.1 -p (\d+) /.exec(await frame.locator('#resolvers code').innerText());
      const resolver = new Resolver();
      resolver.setServers([`127.0.0.1:${port}`]);
      assert.equal((await resolver.resolve4('tasks.web')).length, 3);
      await workbench.shot('every-node');
      await frame.locator('#resolvers button', { hasText: 'Close' }).click();
      await frame.locator('#resolvers').waitFor({ state: 'hidden' });
    },
  );

  await step('a watched name has a line for each change; a client with a cache goes on with what was', async () => {
    let frame = await panel();
    await frame.locator('#cache').selectOption('ttl');
    await frame.locator('#name').press('Enter');
    await frame.locator('#note', { hasText: 'The client keeps this answer for 600 s' }).waitFor();
    await frame.locator('#watch-toggle').click();
    await frame.locator('#watch li').first().waitFor();
    assert.equal(await frame.locator('#watch li').count(), 1);
    await workbench.rowAction('Services', /^web/, 'Scale Service…');
    await workbench.answer('Number of tasks', '4');
    frame = await panel();
    await frame.locator('#watch li', { hasText: 'the client still uses' }).first().waitFor();
    await frame.locator('#name').press('Enter');
    await frame.locator('#note.stale', { hasText: 'It is wrong' }).waitFor();
    await workbench.clearNotifications();
    await workbench.shot('watch');
  });

  await step(
    'in light, dark and high contrast, low and narrow: nothing is lost, and nothing is inaccessible',
    async () => {
      for (const theme of ['light', 'dark', 'contrast']) {
        await workbench.theme(theme);
        for (const [width, height] of [
          [1280, 620],
          [760, 620],
        ]) {
          await workbench.page.setViewportSize({ width, height });
          await new Promise((done) => setTimeout(done, 400));
          const frame = await panel();
          assert.deepEqual(await workbench.accessibility('body', frame), []);
          const wide = await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wide <= 0, `no sideways scrolling at ${width} in ${theme}: ${wide}`);
          await workbench.shot(`${theme}-${width}`);
        }
      }
      await workbench.page.setViewportSize(options.viewport);
    },
  );

  await step('who asks, and the history, are there after a reload', async () => {
    let frame = await panel();
    const [, second] = await frame.locator('#from option').evaluateAll((all) => all.map((option) => option.value));
    await frame.locator('#from').selectOption(second);
    const before = await count();
    await frame.locator('#ask-many').isEnabled();
    await new Promise((done) => setTimeout(done, 500));
    await workbench.reload();
    frame = await panel();
    await workbench.until(async () => (await frame.locator('#from').inputValue()) === second, 'who asked to be chosen');
    assert.equal(await count(), before);
    await workbench.shot('after-reload');
  });
}
