/** The programs inside containers, and how they are found and run. */
import { basicPrograms } from './basic';
import { dnsPrograms } from './dns';
import { networkPrograms } from './network';
import { shell } from './shell';
import { install } from './table';

install(basicPrograms);
install(dnsPrograms);
install(networkPrograms);
install({ sh: shell, ash: shell, bash: shell, dash: shell });

export {
  forever,
  type HttpOutcome,
  type Input,
  type Process,
  type Program,
  Running,
  sleep,
  textInput,
  type Wait,
} from './process';
export { call } from './shell';
export { parseShell, ShellSyntaxError } from './shell-parser';
export { findProgram, install, isSimulated, toolName } from './table';
