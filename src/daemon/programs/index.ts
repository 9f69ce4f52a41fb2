/** The programs inside containers, and how they are found and run. */
import { basicPrograms } from './basic';
import { dnsPrograms } from './dns';
import { filePrograms } from './file-programs';
import { bridgePrograms, libraryCommands, libraryProgram } from './library/command';
import { networkPrograms } from './network';
import { processPrograms } from './process-programs';
import { shellProgram } from './shell/main';
import { smallPrograms } from './small';
import { install, programNames } from './table';
import { textPrograms } from './text-programs';

install(basicPrograms);
install(dnsPrograms);
install(networkPrograms);
install({ sh: shellProgram, ash: shellProgram, bash: shellProgram, dash: shellProgram });
install(Object.fromEntries([...libraryCommands].map((name) => [name, libraryProgram])));
// These print as BusyBox does, which the library's commands of the same names do not.
install(filePrograms);
install(textPrograms);
install(processPrograms);
install(smallPrograms);
bridgePrograms(programNames());

export { hostAddresses, isAddress } from './dns-client';
export { type HttpOutcome, type HttpRequest, httpRequest } from './http';
export { base64 } from './http-client';
export { provideShellLibrary } from './library/library';
export { type Machine, usualMachine } from './machine';
export {
  forever,
  type Input,
  noInput,
  type Process,
  type Program,
  Running,
  type Signals,
  sleep,
  textInput,
  type Wait,
} from './process';
export { ProcessTable } from './process-table';
export { call } from './run-command';
export { parseShell, ShellSyntaxError } from './shell/syntax';
export { findProgram, install, isSimulated, toolName } from './table';
export { Terminal } from './terminal';
