/** CPUs without needless digits: 1500000000 is `1.5`. */
export function cpusText(nanoCPUs: number): string {
  return String(Number((nanoCPUs / 1e9).toFixed(3)));
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes in the largest unit that keeps them above one: 536870912 is `512 MiB`. */
export function memoryText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(2))} ${units[unit]}`;
}
