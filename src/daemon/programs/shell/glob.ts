import type { FileSystem } from '../../containers/file-system';
import { fitsPattern, isPattern, unescapePattern } from './pattern';

const most = 10_000;

/** Names of files that fit a pattern, sorted; undefined when it is none or nothing fits: then it stands for itself. */
export function glob(fs: FileSystem, pattern: string, cwd: string): string[] | undefined {
  if (!isPattern(pattern)) return undefined;
  const absolute = pattern.startsWith('/');
  let found: { readonly shown: string; readonly path: string }[] = [
    { shown: absolute ? '/' : '', path: absolute ? '/' : cwd },
  ];
  const pieces = pattern.split('/').filter((piece, index) => piece !== '' || index > 0);
  for (const [index, piece] of pieces.entries()) {
    const last = index === pieces.length - 1;
    const next: typeof found = [];
    for (const { shown, path } of found) {
      const join = (name: string) => ({
        shown: shown + name + (last ? '' : '/'),
        path: path === '/' ? `/${name}` : `${path}/${name}`,
      });
      if (piece === '') {
        next.push({ shown: last ? shown : shown, path });
        continue;
      }
      if (!isPattern(piece)) {
        const one = join(unescapePattern(piece));
        if (piece === '.' || piece === '..' || (last ? fs.exists(one.path) : fs.isFolder(one.path))) next.push(one);
        continue;
      }
      for (const name of fs.list(path)) {
        if (name.startsWith('.') && !piece.startsWith('.')) continue;
        if (!fitsPattern(piece, name)) continue;
        const one = join(name);
        if (last || fs.isFolder(one.path)) next.push(one);
        if (next.length > most) break;
      }
    }
    found = next;
  }
  return found.length === 0 ? undefined : found.map(({ shown }) => shown).sort();
}
