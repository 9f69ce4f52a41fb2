import type { Micros } from '../../sim';
import { second } from '../../sim';
import { bytesOf, contentOf } from '../archive/content';
import type { TarEntry } from '../archive/tar';
import { readTar, writeTar } from '../archive/tar';
import { DaemonError, messageOf } from '../errors';
import type { Container } from './container';
import type { FileSystem } from './file-system';
import { normalizePath } from './file-system';
import { isKernels } from './made-files';

/** What `X-Docker-Container-Path-Stat` says of a path. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  /** As Go's os.FileMode: permission bits, and the highest bit for a folder. */
  readonly mode: number;
  readonly time: Micros;
}

const folderBit = 0x8000_0000;
const nothing = new Uint8Array();

function missing(path: string, reference: string): DaemonError {
  return new DaemonError('not found', `Could not find the file ${path} in container ${reference}`);
}

/** What is at a path. `reference` is the container as the client named it. Throws 404. */
export function statPath(container: Container, files: FileSystem, path: string, reference: string): PathStat {
  const place = normalizePath(path);
  const content = files.read(place);
  const stat = files.stat(place);
  const base = { name: nameOf(place), time: stat?.modified || container.startedAt || container.created };
  if (content !== undefined) {
    if (/\/\.?$/.test(path)) throw missing(path, reference);
    return { ...base, size: bytesOf(content).length, mode: (stat?.mode ?? 0o644) & 0o777 };
  }
  if (!files.isFolder(place)) throw missing(path, reference);
  return { ...base, size: 4_096, mode: folderBit + ((stat?.mode ?? 0o755) & 0o777) };
}

/** A file, or a folder with all in it, as an archive whose names begin with the last part of the path. */
export function readArchive(container: Container, files: FileSystem, path: string, reference: string): Uint8Array {
  const { time } = statPath(container, files, path, reference);
  const place = normalizePath(path);
  // A path that ends in `/.` means the folder's content: the archive's names begin with `.`.
  const name = /\/\.$/.test(path) ? '.' : place === '/' ? '/' : nameOf(place);
  return writeTar(entriesOf(files, place, name, Math.floor(time / second)));
}

/** The whole file system of a container. */
export function exportArchive(container: Container, files: FileSystem): Uint8Array {
  const time = Math.floor(container.created / second);
  return writeTar(
    files
      .list('/')
      .filter((name) => !isKernels(`/${name}`))
      .flatMap((name) => [...entriesOf(files, `/${name}`, name, time)]),
  );
}

function* entriesOf(files: FileSystem, place: string, name: string, time: number): Iterable<TarEntry> {
  const content = files.read(place);
  if (content !== undefined) {
    yield { name, kind: 'file', mode: files.stat(place)?.mode ?? 0o644, time, data: bytesOf(content) };
    return;
  }
  yield { name, kind: 'folder', mode: 0o755, time, data: nothing };
  for (const member of files.list(place)) {
    yield* entriesOf(files, place === '/' ? `/${member}` : `${place}/${member}`, `${name}/${member}`, time);
  }
}

/**
 * Puts an archive's files and folders under a folder of a container. Throws 404 when there is no such place, 403 where
 * nothing can be written, 400 for what is no archive; then nothing was written.
 */
export function writeArchive(
  container: Container,
  files: FileSystem,
  path: string,
  bytes: Uint8Array,
  options: { readonly reference: string; readonly keepKinds: boolean },
): void {
  const { mode } = statPath(container, files, path, options.reference);
  if (mode < folderBit) throw new DaemonError('system', 'extraction point is not a directory');
  const folder = normalizePath(path);
  const mount = container.mounts.find(({ target }) => folder === target || folder.startsWith(`${target}/`));
  if (mount?.readOnly) throw new DaemonError('forbidden', 'mounted volume is marked read-only');
  if (!mount && container.hostConfig.ReadonlyRootfs === true)
    throw new DaemonError('forbidden', 'container rootfs is marked read-only');
  let entries: readonly TarEntry[];
  try {
    entries = readTar(bytes);
  } catch (error) {
    throw new DaemonError('system', `Error processing tar file(exit status 1): ${messageOf(error)}`);
  }
  const targets = entries.map((entry) => ({ entry, place: normalizePath(entry.name, folder) }));
  for (const { entry, place } of targets) {
    if (folder !== '/' && place !== folder && !place.startsWith(`${folder}/`))
      throw new DaemonError('system', `"${entry.name}" is outside of "${folder}"`);
    if (!options.keepKinds) continue;
    if (entry.kind === 'file' ? files.isFolder(place) : files.read(place) !== undefined)
      throw new DaemonError(
        'invalid',
        entry.kind === 'file'
          ? `cannot overwrite directory "${place}" with non-directory "${folder}"`
          : `cannot overwrite non-directory "${place}" with directory "${folder}"`,
      );
  }
  try {
    for (const { entry, place } of targets) {
      if (entry.kind === 'folder') {
        if (files.read(place) !== undefined) files.remove(place);
        files.makeFolder(place);
      } else {
        if (files.isFolder(place)) files.remove(place);
        files.write(place, contentOf(entry.data));
      }
    }
  } catch (error) {
    throw new DaemonError('system', `Error processing tar file(exit status 1): ${messageOf(error)}`);
  }
}

function nameOf(place: string): string {
  return place === '/' ? '/' : place.slice(place.lastIndexOf('/') + 1);
}
