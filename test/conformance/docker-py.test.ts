import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Served } from './serve';

const python = '/usr/bin/python3';

function hasLibrary(): boolean {
  try {
    execFileSync(python, ['-c', 'import docker'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const there = hasLibrary();
if (!there && !process.env.CI) console.log('there is no docker library for Python: its tour is left out');

/** Where tests count, the library is installed; elsewhere it may be missing. */
describe.skipIf(!there && !process.env.CI)('docker-py', () => {
  let served: Served | undefined;
  afterEach(() => served?.stop());

  for (const profile of ['20.10', '28']) {
    it(`finds an engine of ${profile} as a real one answered the same program`, async () => {
      served = await Served.start('--profile', profile, '--registry', 'offline', '--speed', '4');
      const program = path.resolve('test/conformance/programs/docker-py.py');
      const { exit, out, err } = await served.run(python, [program, `unix://${served.sockets[0]}`]);
      expect(out + err).toMatch(/^\d+ passed, 0 failed\n$/);
      expect(exit).toBe(0);
    }, 180_000);
  }
});
