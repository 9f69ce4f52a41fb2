import type { Micros } from '../../sim';

/** What is known of a file beside its content. */
export interface FileFacts {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly modified?: Micros;
}

/** What `stat` tells. */
export interface FileStat {
  readonly kind: 'file' | 'folder' | 'link' | 'device';
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Micros;
  /** Of a link: where it leads. */
  readonly target?: string;
}

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) bytes++;
    // The halves of a pair make four bytes together.
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes++;
  }
  return bytes;
}

const folderModes: Readonly<Record<string, number>> = {
  '/tmp': 0o1777,
  '/root': 0o700,
  '/var/tmp': 0o1777,
  '/dev/shm': 0o1777,
};

/** Permission bits of a folder that nobody gave any. */
export function usualFolderMode(path: string): number {
  return folderModes[path] ?? 0o755;
}

/** Permission bits of a file that nobody gave any: scripts of images can be run. */
export function usualFileMode(path: string, content: string, fromImage: boolean): number {
  if (path.startsWith('/proc/') || path.startsWith('/sys/')) return 0o444;
  return fromImage && (content.startsWith('#!') || content.startsWith('\x7fELF')) ? 0o755 : 0o644;
}
