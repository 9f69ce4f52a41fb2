// The extension in Chinese: palette, trees, wizard, notifications and the DNS panel. The workbench itself stays English.
import assert from 'node:assert/strict';

export const options = { theme: 'dark', locale: 'zh-cn', settings: { 'swarmscope.speed': 10 } };

export default async function walk(workbench, step) {
  await step('views and welcome texts', async () => {
    await workbench.openContainer('Swarmscope');
    await workbench.row('节点', 'swarm-1');
    assert.match((await workbench.rowTexts('节点'))[0], /管理者/);
    assert.match(await workbench.welcome('服务'), /还没有服务[\s\S]*创建服务/);
    await workbench.row('网络', 'ingress');
    await workbench.shot('empty');
  });

  await step('the palette offers everything in Chinese', async () => {
    const titles = (await workbench.commands('Swarmscope:')).filter((title) => title.startsWith('Swarmscope: '));
    assert.ok(titles.length >= 8, titles.join(', '));
    assert.deepEqual(
      titles.filter((title) => !/[\u4e00-\u9fff]/.test(title)),
      [],
    );
    await workbench.press('F1');
    await workbench.quickInput.fill('>Swarmscope:');
    await workbench.shot('palette');
    await workbench.press('Escape');
  });

  await step('the wizards ask in Chinese', async () => {
    await workbench.runCommand('Swarmscope: 创建网络…');
    await workbench.answer('网络的名称', 'backend');
    await workbench.pick('容器', 'overlay');
    await workbench.question('例如 10.0.3.0/24');
    await workbench.quickInput.fill('10.0.3.0');
    await workbench.shot('subnet');
    await workbench.quickInput.fill('');
    await workbench.press('Enter');
    await workbench.question('勾选网络的特性');
    await workbench.shot('network-options');
    await workbench.press('Enter');
    await workbench.row('网络', 'backend');
    await workbench.runCommand('Swarmscope: 创建服务…');
    await workbench.question('服务的名称');
    await workbench.shot('service-name');
    await workbench.quickInput.fill('web');
    await workbench.press('Enter');
    await workbench.question('镜像');
    await workbench.quickInput.fill('nginx');
    await workbench.press('Enter');
    await workbench.quickRow('replicated').click();
    await workbench.question('副本');
    await workbench.quickInput.fill('2');
    await workbench.press('Enter');
    await workbench.quickRow('backend').click();
    await workbench.press('Enter');
    await workbench.quickRow('vip').waitFor();
    await workbench.shot('endpoint-mode');
    await workbench.quickRow('vip').click();
    await workbench.question('80:80');
    await workbench.press('Enter');
    await workbench.question('选择要更改的设置');
    await workbench.shot('settings');
    await workbench.quickRow('创建服务').click();
    await workbench.notification('正在创建 web');
    await workbench.until(
      async () => (await workbench.rowTexts('服务')).some((row) => row.startsWith('web 2/2')),
      'web to run',
    );
    await workbench.expand('服务', 'web');
    await workbench.shot('web');
  });

  await step('tooltips, explanations and the DNS panel', async () => {
    await workbench.rowAction('服务', /^web\.1/, '为何在此');
    const page = await workbench.webview('h1');
    await workbench.until(async () => /为什么|为何/.test(await page.locator('h1').innerText()), 'the explanation');
    await workbench.shot('why');
    assert.match((await workbench.tooltip('服务', /^web/)).text, /镜像[\s\S]*网络/);
    await workbench.shot('tooltip');
    await workbench.runCommand('Swarmscope: 查询 DNS…');
    const frame = await workbench.webview('#name');
    await frame.locator('#from option').first().waitFor({ state: 'attached' });
    await frame.locator('#name').fill('web');
    await frame.locator('#name').press('Enter');
    await frame.locator('#history li').first().waitFor();
    assert.match(await frame.locator('#trace').innerText(), /容器/);
    assert.equal((await frame.locator('button.primary').innerText()).trim(), '查询');
    await workbench.shot('dns');
  });
}
