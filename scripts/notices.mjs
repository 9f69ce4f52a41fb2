// The licences of what others wrote and the package contains, from what the bundler says went into the bundles.
import fs from 'node:fs';
import path from 'node:path';

/** Folder of the installed package that an input of a bundle belongs to; undefined for our own files. */
const folderOf = (input) =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/.][^/]*(?=\/)/.exec(input.replaceAll('\\', '/'))?.[0];

/** Packages whose own files contain their dependencies already, so that the bundler cannot see those. */
const bundledBefore = ['just-bash'];
/** Their dependencies that only Node needs and that stay out. */
const leftOut = ['undici', 'sql.js', 'quickjs-emscripten', 'seek-bzip'];

const manifestOf = (folder) => JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** Where a dependency of an installed package lies: in the package, or in a folder around it. */
function dependency(folder, name) {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = path.join(at, 'node_modules', name);
    if (fs.existsSync(path.join(found, 'package.json'))) return found;
    if (at === path.dirname(at)) return undefined;
  }
}

/** The licence of a package in full, or what it says of itself where it brings no text. */
function licenceText(folder, manifest) {
  const names = fs.readdirSync(folder).sort();
  const read = (pattern) =>
    names.filter((name) => pattern.test(name)).map((name) => fs.readFileSync(path.join(folder, name), 'utf8').trim());
  const texts = [...read(/^(un)?licen[cs]e|^copying/i), ...read(/^notice/i)];
  if (texts.length > 0) return texts.join('\n\n');
  const author = typeof manifest.author === 'object' ? manifest.author.name : manifest.author;
  const holder = author ? `Copyright by ${author}. ` : '';
  return `${holder}The package brings no licence text; it says that its licence is ${manifest.license ?? 'unknown'}.`;
}

/**
 * One text with name, version, licence and licence text of every package in the bundles, sorted by name. `metafiles` are
 * esbuild's, made in the folder `root`.
 */
export function notices(metafiles, root) {
  const found = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = bytesInOutput > 0 && folderOf(input);
        if (folder) found.add(path.resolve(root, folder));
      }
    }
  }
  for (const folder of [...found]) {
    const { name, dependencies = {} } = manifestOf(folder);
    if (!bundledBefore.includes(name)) continue;
    for (const one of Object.keys(dependencies).filter((other) => !leftOut.includes(other))) {
      const inside = dependency(folder, one);
      if (inside) found.add(inside);
    }
  }
  const sections = new Map();
  for (const folder of found) {
    const manifest = manifestOf(folder);
    const title = `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`;
    sections.set(title, `${'-'.repeat(80)}\n${title}\n${'-'.repeat(80)}\n\n${licenceText(folder, manifest)}\n`);
  }
  const titles = [...sections.keys()].sort();
  return `This package contains software of others:\n\n${titles.map((title) => `- ${title}`).join('\n')}\n\n${titles
    .map((title) => sections.get(title))
    .join('\n')}`;
}
