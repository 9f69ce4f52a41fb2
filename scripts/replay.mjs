// Replays recordings of real engines against `swarmscope serve`, and says which steps are answered otherwise.
//   SWARMSCOPE_ORACLE=<folder> node scripts/replay.mjs [scenario...]
// The folder holds `record.mjs` (the replayer) and `goldens/` (the recordings); they are not part of this repository.
// Without the variable there is nothing to do: recordings.test.ts holds the project's own recordings in any case.
// Needs the docker CLI on the PATH. The exit status is the number of steps that REPLAY.md does not explain, at most 1.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import esbuild from 'esbuild';

const oracle = process.env.SWARMSCOPE_ORACLE;
if (!oracle) {
  console.log('SWARMSCOPE_ORACLE names no folder of recordings: nothing to replay');
  process.exit(0);
}
const root = path.join(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'swarmscope-replay-'));
const program = path.join(folder, 'swarmscope.cjs');
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['src/headless/main.ts'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  loader: { '.node': 'empty' },
  external: ['dockerode'],
  logLevel: 'error',
  outfile: program,
});

const sockets = [1, 2, 3].map((number) => `unix://${path.join(folder, `${number}.sock`)}`);
const hosts = sockets.flatMap((socket) => ['--host', socket]);
const server = spawn(process.execPath, [program, 'serve', '--profile', '20.10', ...hosts], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, NODE_PATH: path.join(root, 'node_modules') },
});
try {
  await once(server.stdout, 'data');
  const lab = `${process.execPath} ${program} lab --host ${sockets[0]}`;
  const report = path.join(folder, 'report.json');
  const args = [
    path.join(oracle, 'record.mjs'),
    'replay',
    ...['--golden', path.join(oracle, 'goldens')],
    ...sockets.flatMap((socket, index) => ['--host', `swarm-${index + 1}=${socket}`]),
    ...['--reset', `${lab} reset`, '--cluster', lab, '--json', report],
    ...process.argv.slice(2),
  ];
  spawnSync(process.execPath, args, { stdio: 'inherit' });
  const { steps } = JSON.parse(fs.readFileSync(report, 'utf8'));
  const explained = fs.readFileSync(path.join(root, 'test/conformance/REPLAY.md'), 'utf8');
  const unexplained = steps.filter(({ ok, scenario, step }) => !ok && !explained.includes(`| ${scenario} ${step} |`));
  for (const { scenario, step, cmd } of unexplained)
    console.log(`not explained in REPLAY.md: ${scenario} ${step}: ${cmd}`);
  process.exitCode = unexplained.length > 0 ? 1 : 0;
} finally {
  server.kill('SIGTERM');
  await once(server, 'exit');
  fs.rmSync(folder, { recursive: true, force: true });
}
