import type { Micros } from '../../../sim';
import { enterLibrary, libraryLimits, shellLibrary } from './library';
import { OwnPromise, runTurns } from './own-promise';

let tester: InstanceType<ReturnType<typeof shellLibrary>['Bash']> | undefined;

/** What an extended regular expression finds in a text: the whole and its groups; undefined when it does not fit. */
export function matchExpression(text: string, expression: string, now: Micros): string[] | undefined {
  enterLibrary(now);
  tester ??= new (shellLibrary().Bash)({ files: {}, defenseInDepth: false, executionLimits: libraryLimits });
  let output: string | undefined;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  const script = '[[ $TEXT =~ $EXPRESSION ]] && printf "%s\\0" "${BASH_REMATCH[@]}"';
  const options = { env: { TEXT: text, EXPRESSION: expression }, replaceEnv: true, cwd: '/', rawScript: true };
  OwnPromise.resolve(tester.exec(script, options)).then(({ exitCode, stdout }) => {
    if (exitCode === 0) output = stdout;
  });
  runTurns(1_000_000);
  return output?.split('\0').slice(0, -1);
}
