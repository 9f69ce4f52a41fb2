/** `1.9M` as BusyBox shows a number of bytes; what is below 1,024 is shown as it is. */
export function humanSize(bytes: number): string {
  if (bytes < 1_024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1_024 && unit < 4) {
    value /= 1_024;
    unit++;
  }
  return `${value.toFixed(1)}${'KMGTP'[unit]}`;
}

/** Blocks of 1,024 bytes that a file takes: whole blocks of the disk. */
export function kilobytes(size: number): number {
  return Math.ceil(size / 4_096) * 4;
}
