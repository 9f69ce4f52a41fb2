import { kill, killall, pgrep, pidof, pkill } from './kill';
import type { Program } from './process';
import { ps, top } from './ps';
import { free, id, nproc, uname, uptime, which } from './system';
import { timeout } from './timeout';
import { xargs } from './xargs';

/** Programs about processes and the machine, and those that run others. */
export const processPrograms: Readonly<Record<string, Program>> = {
  ps,
  top,
  kill,
  killall,
  pidof,
  pgrep,
  pkill,
  free,
  uptime,
  nproc,
  uname,
  which,
  id,
  timeout,
  xargs,
};
