import type { Run } from '../run-command';
import { testFile } from '../test-program';
import { fitsPattern } from './pattern';
import type { Shell } from './shell';
import type { Condition } from './syntax';

/** What `[[ ... ]]` says. */
export function* holds(condition: Condition, shell: Shell): Run<boolean> {
  const { expander } = shell;
  switch (condition.type) {
    case 'CondNot':
      return !(yield* holds(condition.operand, shell));
    case 'CondAnd':
      return (yield* holds(condition.left, shell)) && (yield* holds(condition.right, shell));
    case 'CondOr':
      return (yield* holds(condition.left, shell)) || (yield* holds(condition.right, shell));
    case 'CondGroup':
      return yield* holds(condition.expression, shell);
    case 'CondWord':
      return (yield* expander.text(condition.word)) !== '';
    case 'CondUnary': {
      const text = yield* expander.text(condition.operand);
      if (condition.operator === '-z') return text === '';
      if (condition.operator === '-n') return text !== '';
      if (condition.operator === '-v') return shell.parameter(text) !== undefined;
      if (condition.operator === '-o') return shell.options.has(text);
      if (condition.operator === '-t') return shell.process.tty === true;
      return testFile(condition.operator, text, shell.process.fs, shell.cwd) ?? false;
    }
    case 'CondBinary': {
      const left = yield* expander.text(condition.left);
      const { operator } = condition;
      if (operator === '=' || operator === '==' || operator === '!=')
        return fitsPattern(yield* expander.pattern(condition.right), left) === (operator !== '!=');
      const right = yield* expander.text(condition.right);
      if (operator === '=~') return yield* shell.matchExpression(left, right);
      if (operator === '<') return left < right;
      if (operator === '>') return left > right;
      if (operator === '-nt' || operator === '-ot' || operator === '-ef') {
        const [a, b] = [shell.stat(left), shell.stat(right)];
        if (operator === '-ef') return a !== undefined && a.path === b?.path;
        return operator === '-nt'
          ? (a?.modified ?? -1) > (b?.modified ?? -1)
          : (a?.modified ?? -1) < (b?.modified ?? -1);
      }
      const [a, b] = [yield* shell.calculator.text(left), yield* shell.calculator.text(right)];
      return compare(operator, a, b);
    }
  }
}

function compare(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}
