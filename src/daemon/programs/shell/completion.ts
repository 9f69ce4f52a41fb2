import { normalizePath } from '../../containers/file-system';
import { programNames } from '../table';
import type { Completion } from './line-editor';
import type { Shell } from './shell';

/** Completes the first word of a command with names of commands, others with files. */
export function completion(shell: Shell): Completion {
  return (before) => {
    const word = /[^\s;|&<>=]*$/.exec(before)![0];
    const first = /(?:^|[;|&])\s*$/.test(before.slice(0, before.length - word.length));
    if (first && !word.includes('/')) {
      const names = new Set([
        ...programNames().filter((name) => shell.process.hasTool(name)),
        ...shell.functions.keys(),
      ]);
      return { word, candidates: [...names].filter((name) => name.startsWith(word)).sort() };
    }
    const folder = word.slice(0, word.lastIndexOf('/') + 1);
    const place = normalizePath(folder, shell.cwd);
    const { fs } = shell.process;
    if (!fs.isFolder(place)) return { word, candidates: [] };
    const hidden = word.slice(folder.length).startsWith('.');
    const candidates = fs
      .list(place)
      .filter((name) => hidden || !name.startsWith('.'))
      .map((name) => `${folder}${name}${fs.isFolder(normalizePath(name, place)) ? '/' : ''}`)
      .filter((name) => name.startsWith(word));
    return { word, candidates };
  };
}
