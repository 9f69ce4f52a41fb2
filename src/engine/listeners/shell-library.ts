import { provideShellLibrary } from '../../daemon';

/** Says where a program of Node finds the shell library: a file beside it, which is loaded with the first script. */
export function useShellLibrary(): void {
  provideShellLibrary(() => {
    try {
      return require('./just-bash.js');
    } catch (error) {
      // Bundles that were not made by build.mjs have it inside.
      if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
      return require('../../../node_modules/.cache/swarmscope/just-bash.cjs');
    }
  });
}
