// Tells which numbered rules of a specification no test cites.
//   npm run rules -- FOLDER
// A rule is a line such as `- **ORCH-1** ...` (or a table row `| TALK-1 | ...`) in a Markdown file of the folder. It is
// cited when the title of a test names it, alone (`ORCH-24: ...`) or in a range (`ORCH-24..26`).
import fs from 'node:fs';
import path from 'node:path';
import { files, root } from './lib.mjs';

const folder = process.argv[2];
if (!folder) {
  console.log('usage: npm run rules -- FOLDER   (a folder with Markdown files that number their rules)');
  process.exit(0);
}

/** Every rule of the folder with its first words, in the order of the files. */
function readRules() {
  const rules = new Map();
  for (const file of fs.readdirSync(folder).sort()) {
    if (!file.endsWith('.md')) continue;
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    for (const [, bullet, row, rest] of text.matchAll(
      /^(?:\s*- \*\*([A-Z]+-\d+[a-z]?)\b\W*|\| *([A-Z]+-\d+[a-z]?) *\| *)(.*)$/gm,
    )) {
      const rule = bullet ?? row;
      if (!rules.has(rule)) rules.set(rule, rest.replace(/[*`|]/g, '').trim().slice(0, 90));
    }
  }
  return rules;
}

/** A source text without its comments: a rule that is only talked about is not tested. */
const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{}])\/\/.*$/gm, '$1');

/** Every rule that a test's title names. */
function readCited() {
  const cited = new Set();
  const isTest = (file) => /\.(test\.ts|walk\.mjs)$/.test(file) || /^test\/.*\.(ts|mjs|json|ya?ml)$/.test(file);
  for (const file of [...files('src', isTest), ...files('test', isTest)]) {
    const text = withoutComments(fs.readFileSync(path.join(root, file), 'utf8'));
    for (const [, prefix, first, last] of text.matchAll(/\b([A-Z]{2,8})-(\d+)(?:\s*(?:\.\.|–|to)\s*(?:\1-)?(\d+))?/g)) {
      for (let n = Number(first); n <= Number(last ?? first); n++) cited.add(`${prefix}-${n}`);
    }
  }
  return cited;
}

const rules = readRules();
const cited = readCited();
const isCited = (rule) => cited.has(rule) || cited.has(rule.replace(/[a-z]$/, ''));
const prefixes = [...new Set([...rules.keys()].map((rule) => rule.split('-')[0]))];
for (const prefix of prefixes) {
  const own = [...rules.keys()].filter((rule) => rule.startsWith(`${prefix}-`));
  for (const rule of own) if (!isCited(rule)) console.log(`${rule.padEnd(10)} ${rules.get(rule)}`);
}
console.log('');
for (const prefix of prefixes) {
  const own = [...rules.keys()].filter((rule) => rule.startsWith(`${prefix}-`));
  const done = own.filter(isCited).length;
  console.log(
    `${prefix.padEnd(8)} ${String(done).padStart(4)} of ${String(own.length).padStart(4)} rules are cited by a test`,
  );
}
