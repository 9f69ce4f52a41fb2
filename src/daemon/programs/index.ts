/** The programs inside containers, and how they are found and run. */
import { basicPrograms } from './basic';
import { dnsPrograms } from './dns';
import { filePrograms } from './file-programs';
import { networkPrograms } from './network';
import { shell } from './shell';
import { install } from './table';
import { textPrograms } from './text-programs';

install(basicPrograms);
install(filePrograms);
install(textPrograms);
install(dnsPrograms);
install(networkPrograms);
install({ sh: shell, ash: shell, bash: shell, dash: shell });

export { hostAddresses } from './dns-client';
export { type HttpOutcome, type HttpRequest, httpRequest } from './http';
export {
  forever,
  type Input,
  noInput,
  type Process,
  type Program,
  Running,
  sleep,
  textInput,
  type Wait,
} from './process';
export { call } from './run-command';
export { parseShell } from './shell-parser';
export { ShellSyntaxError } from './shell-syntax';
export { findProgram, install, isSimulated, toolName } from './table';
