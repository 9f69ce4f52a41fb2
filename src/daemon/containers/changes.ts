import type { FileSystem } from './file-system';

/** What became of a path: 0 changed, 1 added, 2 deleted. */
export interface PathChange {
  readonly Path: string;
  readonly Kind: 0 | 1 | 2;
}

/** How a container's files differ from its image's, by path; folders around a change are changed themselves. */
export function changesOf(files: FileSystem): PathChange[] {
  const changes = new Map<string, PathChange['Kind']>();
  const around = (path: string): void => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (!changes.has(folder)) changes.set(folder, files.isOriginal(folder) ? 0 : 1);
    }
  };
  for (const folder of files.madeFolders) {
    if (files.isOriginal(folder)) continue;
    changes.set(folder, 1);
    around(folder);
  }
  for (const [path, content] of files.written) {
    if (content === null) changes.set(path, 2);
    else changes.set(path, files.isOriginal(path) ? 0 : 1);
    around(path);
  }
  return [...changes].map(([Path, Kind]) => ({ Path, Kind })).sort((a, b) => (a.Path < b.Path ? -1 : 1));
}
