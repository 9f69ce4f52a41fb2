// Makes the .vsix: a production build, packed with its documents and translations.
//   node scripts/package.mjs            -> out/swarmscope.vsix
import fs from 'node:fs';
import path from 'node:path';
import { bin, node, root, run } from './lib.mjs';

const vsix = path.join(root, 'out/swarmscope.vsix');
fs.mkdirSync(path.dirname(vsix), { recursive: true });
fs.rmSync(vsix, { force: true });
let { code } = await node(['build.mjs', '--production']);
if (code === 0) {
  const args = [
    'package',
    '--no-dependencies',
    '--no-rewrite-relative-links',
    '--allow-missing-repository',
    '-o',
    vsix,
  ];
  ({ code } = await run(bin('vsce'), args));
}
if (code === 0 && !fs.existsSync(vsix)) code = 1;
process.exit(code);
