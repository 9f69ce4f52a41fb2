import { second } from '../../sim';
import { readOptions, usage } from './options';
import type { Program } from './process';
import { sleep } from './process';

/** What is written at once before time goes on. */
const burst = 256;

/** `seq [-w] [-s TEXT] [FIRST [STEP]] LAST`. */
export const seq: Program = function* (process) {
  // Negative numbers are no options.
  const words = process.argv.slice(1);
  const dashed = words.findIndex((word) => /^-[\d.]/.test(word));
  const options = readOptions(dashed < 0 ? words : words.slice(0, dashed), {
    flags: 'w',
    values: 's',
    long: { separator: 's', 'equal-width': 'w' },
    inOrder: true,
  });
  const texts = [...options.operands, ...(dashed < 0 ? [] : words.slice(dashed))];
  const numbers = texts.map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
  if (options.wrong !== undefined || texts.length === 0 || texts.length > 3 || numbers.some(Number.isNaN))
    return usage(
      process,
      'seq [-w] [-s SEP] [FIRST [INC]] LAST\n\nPrint numbers from FIRST to LAST, in steps of INC.\nFIRST, INC default to 1.\n\n\t-w\tPad to last with leading zeros\n\t-s SEP\tString separator',
      options.wrong,
    );
  const first = numbers.length > 1 ? numbers[0]! : 1;
  const step = numbers.length > 2 ? numbers[1]! : 1;
  const last = numbers.at(-1)!;
  const decimals = Math.max(...texts.slice(0, -1).map((text) => text.split('.')[1]?.length ?? 0), 0);
  const width = options.has('w') ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length) : 0;
  const separator = options.value('s') ?? '\n';
  let written = 0;
  for (let index = 0; ; index++) {
    const value = first + index * step;
    if (step >= 0 ? value > last + 1e-9 : value < last - 1e-9) break;
    const text = value.toFixed(decimals);
    const padded = text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');
    process.stdout(`${index === 0 ? '' : separator}${padded}`);
    if (++written % burst === 0) yield sleep(process.sim, second / 1_000);
  }
  if (written > 0) process.stdout('\n');
  return 0;
};

/** `yes [TEXT...]`: without an end, in bursts; a reader that has enough ends it. */
export const yes: Program = function* ({ argv, sim, stdout }) {
  const line = `${argv.length > 1 ? argv.slice(1).join(' ') : 'y'}\n`;
  for (;;) {
    for (let written = 0; written < burst; written++) stdout(line);
    yield sleep(sim, second);
  }
};
