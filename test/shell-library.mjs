import { createRequire } from 'node:module';
import { cached } from '../scripts/just-bash.mjs';
import { provideShellLibrary } from '../src/daemon/programs/library/library';

// Tests load the shell library where they run a script, as the programs do.
provideShellLibrary(() => createRequire(import.meta.url)(cached));
