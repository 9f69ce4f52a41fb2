import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Served } from './serve';

/**
 * Commands of the docker CLI in the order in which they were typed at a real engine of 20.10, with what came of them.
 * Those without an outcome only prepare, or say what no two engines have alike: numbers of processes, folders, times.
 */
interface Typed {
  readonly line: string;
  readonly exit?: number;
  readonly out?: string;
  readonly err?: string;
}

const typed = JSON.parse(fs.readFileSync('test/conformance/cli-recorded.json', 'utf8')) as readonly Typed[];
const docker = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => fs.existsSync(path.join(folder, 'docker')));
if (!docker) console.log('no docker CLI on the PATH: the recorded commands are left out');

/** Identities, times and addresses are each engine's own. */
function mask(text: string): string {
  return text
    .replace(/\b[0-9a-f]{64}\b/g, '<id64>')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b/g, '<id12>')
    .replace(/\b(?=[0-9a-z]*\d)[0-9a-z]{25}\b/g, '<id25>')
    .replace(/\d{4}-\d\d-\d\d[T ][0-9:.]+(Z| [+-]\d{4} [A-Z]+|[+-]\d\d:\d\d)?/g, '<time>')
    .replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, '<mac>')
    .replace(/\b172\.\d+\.\d+\.\d+/g, '<ip>')
    .replace(/(Less than a second|About a minute|About an hour|\d+ (seconds?|minutes?|hours?))/g, '<dur>')
    .replace(/"Pid":\d+/g, '"Pid":<pid>')
    .replace(/\blstat \/\S+\//g, 'lstat FOLDER/');
}

describe.skipIf(!docker)('the docker CLI', () => {
  let served: Served;
  beforeAll(async () => {
    served = await Served.start('--profile', '20.10', '--registry', 'offline', '--speed', '4');
  }, 60_000);
  afterAll(() => served.stop());

  for (const [index, { line, exit, out, err }] of typed.entries()) {
    it(`${index + 1}: ${line}`, async () => {
      const outcome = await served.run('bash', ['-c', line], 15_000);
      if (exit === undefined) return;
      const { exit: code, ...streams } = outcome;
      expect({ exit: code, out: mask(streams.out), err: mask(streams.err) }).toEqual({ exit, out, err });
    }, 20_000);
  }
});
