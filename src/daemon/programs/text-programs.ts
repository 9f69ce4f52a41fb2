import { head, tail } from './head-tail';
import type { Program } from './process';
import { tee } from './tee';
import { wc } from './wc';

/** Programs that pass text on as it comes. */
export const textPrograms: Readonly<Record<string, Program>> = { head, tail, tee, wc };
