// The workbench as a person meets it: one server with the packaged extension, one browser, and words for what is
// done with them. Walks (`*.walk.mjs`) say what they do in these words; selectors of VS Code live only here.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installVsix, repo, startBrowser, startServer } from '../host/host.mjs';

const MODIFIER = process.platform === 'darwin' ? 'Meta' : 'Control';
/** A pattern for exactly this text, in which VS Code may have made blanks no-break spaces. */
const exactly = (text) => new RegExp(`^${loosely(text)}$`);
const loosely = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
const pattern = (text) => (text instanceof RegExp ? text : new RegExp(loosely(text)));

/** Names for `theme`. */
export const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  contrast: 'Default High Contrast',
};

export class Workbench {
  #server;
  #browser;
  #start;
  #shots = 0;

  /**
   * Starts a server and a browser on a copy of a folder and waits for the workbench.
   * - name: names the folder of screenshots
   * - folder: what to open a copy of; examples/talk if left out
   * - theme: dark, light or contrast, or any theme by its name
   * - settings, locale, viewport, env: see startServer and startBrowser
   */
  static async open(options) {
    const workbench = new Workbench(options);
    try {
      await workbench.#open();
      return workbench;
    } catch (error) {
      await workbench.close();
      throw error;
    }
  }

  constructor({ name, folder = path.join(repo, 'examples/talk'), theme = 'dark', settings = {}, ...rest }) {
    this.name = name;
    this.dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'ui-'));
    /** The copy of the folder, which is what the workbench shows. */
    this.folder = path.join(this.dataDir, path.basename(folder));
    this.shotsDir = path.join(repo, 'out/shots', name);
    fs.rmSync(this.shotsDir, { recursive: true, force: true });
    fs.mkdirSync(this.shotsDir, { recursive: true });
    fs.cpSync(folder, this.folder, { recursive: true });
    this.#start = { settings: { 'workbench.colorTheme': themes[theme] ?? theme, ...settings }, ...rest };
  }

  async #open() {
    const { viewport, ...rest } = this.#start;
    const extensionsDir = path.join(this.dataDir, 'extensions');
    const where = { dataDir: this.dataDir, extensionsDir };
    if (!fs.existsSync(extensionsDir)) await installVsix({ vsix: path.join(repo, 'out/swarmscope.vsix'), ...where });
    this.#server = await startServer({ ...where, ...rest });
    this.#start.port = Number(this.#server.authority.split(':')[1]); // the same again after a restart
    this.#start.keepSettings = true;
    this.#browser ??= await startBrowser({ profileDir: path.join(this.dataDir, 'chromium'), viewport });
    this.page = this.#browser.page;
    await this.page.goto(this.#server.url(this.folder), { waitUntil: 'commit' });
    await this.#ready();
  }

  /** Waits until the opened folder is shown, whatever side bar view is in front. */
  async #ready() {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.page.locator('.activitybar a.action-label').first().waitFor();
    await this.page.locator('.sidebar .monaco-list-row, .sidebar .welcome-view').first().waitFor();
  }

  /** Reloads the window, as `Developer: Reload Window` does; the extension host starts anew. */
  async reload() {
    await this.page.reload({ waitUntil: 'commit' });
    await this.#ready();
  }

  /**
   * Kills the server with everything in it, as a crash would, and starts it again on the same data; `meanwhile` is done
   * while nothing runs.
   */
  async restart(meanwhile = () => {}) {
    await this.#server.stop({ hard: true });
    await this.page.goto('about:blank');
    await meanwhile();
    await this.#open();
  }

  /** Opens the same folder in a second window of the browser, and there a container; gives the window's page. */
  async secondWindow(container) {
    const page = await this.page.context().newPage();
    await page.goto(this.#server.url(this.folder), { waitUntil: 'commit' });
    await page.locator(`.activitybar a.action-label[aria-label^="${container}"]`).first().click();
    return page;
  }

  /** Changes the colours, and waits until they are seen. */
  async theme(name) {
    const title = { dark: 'Dark Modern', light: 'Light Modern', contrast: 'Dark High Contrast' }[name];
    await this.runCommand('Preferences: Color Theme');
    await this.question('Select Color Theme');
    await this.quickInput.fill(title);
    await this.quickRow(title).click();
    const mark = { dark: 'vs-dark', light: 'vs', contrast: 'hc-black' }[name];
    await this.page.locator(`.monaco-workbench.${mark}`).waitFor();
  }

  /** The process of the extension host that serves the window. */
  async extensionHost() {
    return this.until(() => {
      for (const name of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
        try {
          const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8');
          const [, parent] = /\) \w (\d+) /.exec(fs.readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
          if (command.includes('--type=extensionHost') && Number(parent) === this.#server.pid) return Number(name);
        } catch {
          // gone meanwhile
        }
      }
      return undefined;
    }, 'the extension host');
  }

  /** Kills the extension host alone, without a warning. */
  async killExtensionHost() {
    process.kill(await this.extensionHost(), 'SIGKILL');
  }

  /** Processor time that the extension host has used so far, in milliseconds. */
  async extensionHostTime() {
    const stat = fs
      .readFileSync(`/proc/${await this.extensionHost()}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(stat[11]) + Number(stat[12])) * 10; // clock ticks of a hundredth of a second
  }

  /** Files of this run below the data folder whose path fits a pattern. */
  files(pattern) {
    return fs
      .readdirSync(path.join(this.dataDir, 'data'), { recursive: true })
      .filter((file) => pattern.test(file))
      .map((file) => path.join(this.dataDir, 'data', file));
  }

  /** Files in the home of this run whose path fits a pattern. */
  homeFiles(pattern) {
    const home = path.join(this.dataDir, 'home');
    if (!fs.existsSync(home)) return [];
    const files = fs.readdirSync(home, { recursive: true }).map((file) => path.join(home, file));
    return files.filter((file) => pattern.test(file));
  }

  /** The sockets of simulated nodes that the window has open. */
  sockets() {
    const base = path.join(this.dataDir, 'tmp');
    if (!fs.existsSync(base)) return [];
    const files = fs.readdirSync(base, { recursive: true }).filter((file) => /swarmscope-.*\.sock$/.test(file));
    return files.map((file) => path.join(base, file));
  }

  /** Ends browser and server. The logs stay in the folder of screenshots when `keepLogs` is set. */
  async close({ keepLogs = false } = {}) {
    await this.#browser?.ctx.close().catch(() => {});
    await this.#server?.stop();
    const logs = path.join(this.dataDir, 'data/logs');
    if (keepLogs && fs.existsSync(logs)) fs.cpSync(logs, path.join(this.shotsDir, 'logs'), { recursive: true });
    fs.rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Takes a picture into out/shots/<walk>/<nn>-<name>.png. */
  async shot(name) {
    const number = String(++this.#shots).padStart(2, '0');
    const file = path.join(this.shotsDir, `${number}-${name.replace(/[^\w.-]+/g, '-')}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Presses keys; `Mod` is Control, or Command on macOS. */
  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key.replace('Mod', MODIFIER));
  }

  /** Waits until `probe` gives something true, asking again and again, and gives that. */
  async until(probe, what = 'the condition', timeout = 60_000) {
    const end = Date.now() + timeout;
    let last;
    for (;;) {
      try {
        const found = await probe();
        if (found) return found;
        last = found;
      } catch (error) {
        last = error;
      }
      if (Date.now() > end) throw new Error(`waited in vain for ${what}; last: ${String(last)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  // --- Side bar and trees

  /** Brings a view container of the activity bar to the front. */
  async openContainer(title) {
    const label = `a.action-label[aria-label^="${title}"]`; // a badge adds to the label
    const link = this.page.locator(`.activitybar ${label}`).first();
    await link.waitFor();
    const tab = this.page.locator('.activitybar li[role=tab]', { has: this.page.locator(label) });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await link.click();
    await this.page.locator('.sidebar .composite.title', { hasText: pattern(title) }).waitFor();
  }

  /** The list inside a tree view, by the view's name. */
  tree(view) {
    return this.page.locator(`.monaco-list[aria-label="${view}"]`);
  }

  /** The rows of a tree view that contain a text (all rows without one). */
  rows(view, text) {
    const rows = this.tree(view).locator('.monaco-list-row');
    return text === undefined ? rows : rows.filter({ hasText: pattern(text) });
  }

  /** Waits for the first row with this text. */
  async row(view, text) {
    const row = this.rows(view, text).first();
    await row.waitFor();
    return row;
  }

  /** The texts of the rows that are on the screen: label, a blank, description, with single blanks. */
  async rowTexts(view) {
    const texts = await this.rows(view).evaluateAll((rows) =>
      rows.map((row) => {
        const parts = [...row.querySelectorAll('.label-name, .label-description')].map((part) => part.textContent);
        return parts.length > 0 ? parts.join(' ') : (row.textContent ?? '');
      }),
    );
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Opens a row so that its children show; does nothing if they do. */
  async expand(view, text) {
    const row = await this.row(view, text);
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
    await this.until(async () => (await row.getAttribute('aria-expanded')) !== 'false', `${text} to open`);
    return row;
  }

  /** Clicks an action that shows at the end of a row while the pointer is on it. */
  async rowAction(view, text, action) {
    const row = await this.row(view, text);
    await row.hover();
    await row.locator(`.actions a.action-label[aria-label^="${action}"]`).click();
  }

  /** Chooses an item of a row's context menu. */
  async rowMenu(view, text, item) {
    await (await this.row(view, text)).click({ button: 'right' });
    await this.#menuItem(item);
  }

  async #menuItem(item) {
    const label = this.page.locator('.monaco-menu .action-label', { hasText: exactly(item) }).first();
    await label.waitFor();
    // A menu takes no click in the first moment after it opened, lest a person choose by accident.
    await this.until(async () => {
      await label.click();
      return label.waitFor({ state: 'hidden', timeout: 1500 }).then(
        () => true,
        () => false,
      );
    }, `the menu with ${item} to close`);
  }

  /** The entries of a row's context menu, from top to bottom. */
  async menuOf(view, text) {
    await (await this.row(view, text)).click({ button: 'right' });
    const labels = this.page.locator('.monaco-menu .action-item:not(.disabled) .action-label:not(.separator)');
    await labels.first().waitFor();
    const entries = await labels.allInnerTexts();
    await this.press('Escape');
    await labels.first().waitFor({ state: 'hidden' });
    return entries.map((entry) => entry.replace(/\s+/g, ' ').trim()).filter(Boolean);
  }

  /** What appears when the pointer rests on a row: its text, and whether it is laid out as Markdown. */
  async tooltip(view, text) {
    const row = await this.row(view, text);
    await this.page.mouse.move(1, 1);
    await this.page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden' });
    await row.locator('.label-name').hover();
    const hover = this.page.locator('.workbench-hover-container .monaco-hover:visible').first();
    await hover.waitFor();
    const contents = hover.locator('.hover-contents').first();
    await this.until(async () => (await contents.innerText()).trim() !== '', 'the hover to fill');
    return { text: await contents.innerText(), markdown: (await contents.locator('strong, code, table').count()) > 0 };
  }

  /** The text that an empty view shows in place of its rows. */
  async welcome(view) {
    const pane = this.page.locator('.pane', {
      has: this.page.locator('.pane-header', { hasText: exactly(view) }),
    });
    const content = pane.locator('.welcome-view-content');
    await content.waitFor();
    return content.innerText();
  }

  /** Clicks a button of the text that an empty view shows. */
  async welcomeButton(view, button) {
    const pane = this.page.locator('.pane', {
      has: this.page.locator('.pane-header', { hasText: exactly(view) }),
    });
    await pane.locator('.welcome-view-content .monaco-button', { hasText: exactly(button) }).click();
  }

  /** Clicks an action in the title bar of a view, which is the container's when the view is alone in it. */
  async viewAction(view, action) {
    const pane = this.page.locator('.pane-header:visible', { hasText: pattern(view) }).first();
    const header = (await pane.count()) > 0 ? pane : this.page.locator('.sidebar .composite.title');
    await header.hover();
    await header.locator(`a.action-label[aria-label^="${action}"]`).click();
  }

  // --- Commands and quick inputs

  get quick() {
    return this.page.locator('.quick-input-widget:visible');
  }

  get quickInput() {
    return this.quick.locator('input.input').first();
  }

  /** The row of the quick input with exactly this label, or one that fits a pattern. */
  quickRow(label) {
    const wanted = label instanceof RegExp ? label : exactly(label);
    const name = this.page.locator('.label-name', { hasText: wanted });
    return this.quick.locator('.quick-input-list .monaco-list-row', { has: name }).first();
  }

  /** Opens the palette with a text. What takes the focus late (an output channel) closes it: then it is opened again. */
  async #openPalette(text) {
    await this.until(async () => {
      await this.press('F1');
      await this.quickInput.fill(text, { timeout: 10_000 });
      return true;
    }, 'the palette');
  }

  /** Runs a command by its full title, e.g. `Swarmscope: New Cluster`. */
  async runCommand(title) {
    await this.#openPalette(`>${title}`);
    const row = this.quickRow(title);
    await row.waitFor();
    await row.click();
  }

  /** The titles of the commands that the palette offers for a text. */
  async commands(text) {
    await this.#openPalette(`>${text}`);
    await this.quick.locator('.monaco-list-row').first().waitFor();
    // Below a translated title stands the English one as a detail.
    const titles = await this.quick
      .locator('.monaco-list-row :not(.quick-input-list-label-meta *).label-name')
      .allInnerTexts();
    await this.press('Escape');
    return titles.map((title) => title.replace(/\s+/g, ' ').trim());
  }

  /** Waits for an input box or pick with this text in its title, prompt or placeholder. */
  async question(text) {
    const inText = this.quick.filter({ hasText: pattern(text) });
    const plain = text instanceof RegExp ? undefined : this.quick.locator(`input[placeholder*="${text}"]`);
    await (plain ? inText.or(plain) : inText).first().waitFor();
  }

  /** Answers an input box. */
  async answer(question, text) {
    await this.question(question);
    await this.quickInput.fill(text);
    await this.press('Enter');
  }

  /** Picks one entry, or several where several may be picked. */
  async pick(question, ...labels) {
    await this.question(question);
    const many = (await this.quick.locator('.quick-input-list .monaco-checkbox').count()) > 0;
    for (const label of labels) {
      await this.quickRow(label).waitFor();
      await this.quickRow(label).click();
    }
    if (many) await this.press('Enter');
  }

  /** The entries of the pick that is open, with single blanks. */
  async choices(question) {
    await this.question(question);
    await this.quick.locator('.monaco-list-row').first().waitFor();
    const texts = await this.quick.locator('.monaco-list-row').allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  // --- Notifications and dialogs

  /** Waits for a notification with this text. */
  async notification(text) {
    const toast = this.page.locator('.notification-toast', { hasText: pattern(text) }).first();
    await toast.waitFor();
    return toast;
  }

  /** Presses a button of a notification. */
  async notificationButton(text, button) {
    const toast = await this.notification(text);
    await toast.locator('.monaco-button', { hasText: exactly(button) }).click();
  }

  /** The texts of all notifications on the screen. */
  async notifications() {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** Closes all notifications. */
  async clearNotifications() {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.page.locator('.notification-toast').first().waitFor({ state: 'detached' });
  }

  /** Presses a button of the modal dialog that asks about this text. */
  async dialog(text, button) {
    const box = this.page.locator('.monaco-dialog-box', { hasText: pattern(text) });
    await box.waitFor();
    await box.locator('.monaco-button', { hasText: exactly(button) }).click();
  }

  // --- Editors

  /** Opens a text file of the workspace by its name. */
  async openFile(name) {
    await this.press('Mod+P');
    await this.quickInput.waitFor();
    await this.quickInput.fill(name);
    await this.quickRow(path.basename(name)).waitFor();
    await this.press('Enter');
    await this.activeTab(path.basename(name));
    await this.editor.locator('.view-line span').first().waitFor();
  }

  /** Waits until the tab with this name is the active one. */
  async activeTab(name) {
    await this.page
      .locator('.tabs-container .tab.active', { hasText: pattern(name) })
      .first()
      .waitFor();
  }

  /** The editor that was used last. */
  get editor() {
    return this.page.locator('.editor-group-container.active .monaco-editor').first();
  }

  /** The lines of the active editor that are on the screen, from top to bottom. */
  async lines() {
    const lines = await this.editor.locator('.view-line').evaluateAll((all) =>
      all
        .map((line) => ({ top: Number.parseFloat(line.style.top), text: line.textContent ?? '' }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text),
    );
    return lines.map((line) => line.replaceAll('\u00a0', ' '));
  }

  /** The code lenses of the active editor that are on the screen. */
  async lenses() {
    return this.editor.locator('.codelens-decoration a').allInnerTexts();
  }

  /** Presses the first code lens with this text. */
  async lens(text) {
    await this.editor
      .locator('.codelens-decoration a', { hasText: pattern(text) })
      .first()
      .click();
  }

  /** Puts the cursor at a line and column, both from 1. */
  async goTo(line, column = 1) {
    await this.press('Control+G');
    await this.quickInput.waitFor();
    await this.quickInput.fill(`:${line}:${column}`);
    await this.press('Enter');
    await this.quick.waitFor({ state: 'hidden' });
  }

  /** The suggestions at the cursor. */
  async suggestions() {
    await this.press('Control+Space');
    await this.page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
    const names = await this.page.locator('.suggest-widget.visible .monaco-list-row .label-name').allInnerTexts();
    return names.map((name) => name.trim());
  }

  // --- Webviews, terminals, status bar

  /** The document of the webview in which `selector` is visible: a frame of Playwright's. */
  async webview(selector = 'body') {
    const look = async () => {
      for (const frame of this.page.frames()) {
        if (frame.parentFrame()?.parentFrame() !== this.page.mainFrame()) continue; // the inner of the two frames
        const outer = await frame.parentFrame().frameElement();
        if (!(await outer.isVisible())) continue;
        if (await frame.locator(selector).first().isVisible()) return frame;
      }
      return undefined;
    };
    return this.until(look, `a webview with ${selector}`);
  }

  /** What the active terminal shows. */
  async terminalText() {
    const rows = await this.page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts();
    return rows
      .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Waits until the active terminal shows a text; gives all that it shows. */
  async terminalShows(text) {
    const wanted = pattern(text);
    return this.until(async () => {
      const shown = await this.terminalText();
      return wanted.test(shown) ? shown : undefined;
    }, `${text} in the terminal`);
  }

  /** Types a line into the active terminal. */
  async terminalType(line, { enter = true } = {}) {
    await this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
    await this.page.keyboard.type(line);
    if (enter) await this.press('Enter');
  }

  /** Waits for an entry of the status bar. */
  async statusItem(text) {
    const item = this.page.locator('.statusbar .statusbar-item', { hasText: pattern(text) }).first();
    await item.waitFor();
    return item;
  }

  // --- Accessibility

  /**
   * What axe-core finds wrong in a part of the workbench or, given a frame, in a webview's document:
   * one line for each rule with the elements that break it.
   */
  async accessibility(selector = '.sidebar', frame = this.page.mainFrame()) {
    await frame.evaluate(fs.readFileSync(path.join(repo, 'node_modules/axe-core/axe.min.js'), 'utf8'));
    const violations = await frame.evaluate(
      async (where) => (await globalThis.axe.run(where, { iframes: false })).violations,
      selector,
    );
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }
}
