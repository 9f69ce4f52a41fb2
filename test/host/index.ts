import * as fs from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

/**
 * The one entry of the tests that run inside an extension host, desktop or offline: runs every bundled `*.test.js`
 * beside it, tells the launcher what came out through the file TEST_RESULT_FILE, and rejects unless all passed.
 * TEST_GREP chooses tests by a part of their name.
 */
export async function run(): Promise<void> {
  const result = { passed: 0, failed: 0, error: '' };
  try {
    const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 90_000, reporter: 'spec' });
    if (process.env.TEST_GREP) mocha.fgrep(process.env.TEST_GREP);
    for (const file of fs.readdirSync(__dirname).sort()) {
      if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
    }
    await new Promise<void>((done) => {
      const runner = mocha.run((failed) => {
        result.passed = runner.stats?.passes ?? 0;
        result.failed = failed;
        done();
      });
    });
  } catch (error) {
    result.failed++;
    result.error = String((error as Error).stack);
  }
  if (process.env.TEST_RESULT_FILE) fs.writeFileSync(process.env.TEST_RESULT_FILE, JSON.stringify(result));
  if (result.error || result.failed || !result.passed) {
    throw new Error(result.error || `${result.passed} passed, ${result.failed} failed`);
  }
}
