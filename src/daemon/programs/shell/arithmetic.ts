import type { Run } from '../run-command';
import type { Arithmetic, ArithmeticTerm } from './syntax';

/** An arithmetic expression that cannot be computed. */
export class ArithmeticError extends Error {}

/** What expressions need of their shell. */
export interface ArithmeticHost {
  variable(name: string): string | undefined;
  element(name: string, key: string): string | undefined;
  assign(name: string, key: string | undefined, value: string): void;
  /** The text of a word of the shell, such as `${x}` or `$(command)`. */
  wordText(source: string): Run<string>;
  /** Reads an expression. */
  parse(text: string): Arithmetic;
}

type Term<Type extends ArithmeticTerm['type']> = Extract<ArithmeticTerm, { type: Type }>;

const deepest = 64;
const wrap = (value: bigint) => BigInt.asIntN(64, value);
const truth = (value: boolean) => (value ? 1n : 0n);

function binary(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%':
      if (right === 0n) throw new ArithmeticError('divide by zero');
      return operator === '/' ? left / right : left % right;
    case '**':
      if (right < 0n) throw new ArithmeticError('exponent less than 0');
      return right > 64n && left !== 0n && left !== 1n && left !== -1n ? 0n : left ** right;
    case '<<':
      return left << (right & 63n);
    case '>>':
      return left >> (right & 63n);
    case '<':
      return truth(left < right);
    case '<=':
      return truth(left <= right);
    case '>':
      return truth(left > right);
    case '>=':
      return truth(left >= right);
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    default:
      return right;
  }
}

/** Computes expressions in 64 bits, as the shells do. */
export class Calculator {
  #depth = 0;

  constructor(private readonly host: ArithmeticHost) {}

  *value(arithmetic: Arithmetic): Run<bigint> {
    if (++this.#depth > deepest) throw new ArithmeticError('expression recursion level exceeded');
    try {
      return yield* this.#term(arithmetic.expression);
    } finally {
      this.#depth--;
    }
  }

  *text(text: string): Run<bigint> {
    const plain = text.trim();
    if (plain === '') return 0n;
    if (/^[+-]?(?:[1-9]\d*|0)$/.test(plain)) return wrap(BigInt(plain.replace('+', '')));
    if (/^0x[0-9a-f]+$/i.test(plain)) return wrap(BigInt(plain));
    if (/^0[0-7]+$/.test(plain)) return wrap(BigInt(`0o${plain.slice(1)}`));
    return yield* this.value(this.host.parse(plain));
  }

  *#term(term: ArithmeticTerm): Run<bigint> {
    switch (term.type) {
      case 'ArithNumber':
        if (!Number.isFinite(term.value)) throw new ArithmeticError('arithmetic syntax error');
        return wrap(BigInt(Math.trunc(term.value)));
      case 'ArithSingleQuote':
        return wrap(BigInt(Math.trunc(term.value) || 0));
      case 'ArithVariable':
        return yield* this.text(this.host.variable(term.name) ?? '');
      case 'ArithSpecialVar':
        return yield* this.text(this.host.variable(term.name) ?? '');
      case 'ArithArrayElement':
      case 'ArithDoubleSubscript':
        return yield* this.text(this.host.element(term.array, yield* this.#key(term)) ?? '');
      case 'ArithGroup':
      case 'ArithNested':
        return yield* this.#term(term.expression);
      case 'ArithCommandSubst':
        return yield* this.text(yield* this.host.wordText(`$(${term.command})`));
      case 'ArithBracedExpansion':
        return yield* this.text(yield* this.host.wordText(`\${${term.content}}`));
      case 'ArithDynamicNumber':
        return yield* this.text((yield* this.host.wordText(`\${${term.prefix}}`)) + term.suffix);
      case 'ArithConcat': {
        let text = '';
        for (const part of term.parts) text += yield* this.#piece(part);
        return yield* this.text(text);
      }
      case 'ArithTernary':
        return yield* this.#term((yield* this.#term(term.condition)) !== 0n ? term.consequent : term.alternate);
      case 'ArithUnary':
        return yield* this.#unary(term);
      case 'ArithBinary': {
        const left = yield* this.#term(term.left);
        if (term.operator === '&&' && left === 0n) return 0n;
        if (term.operator === '||' && left !== 0n) return 1n;
        const right = yield* this.#term(term.right);
        if (term.operator === '&&' || term.operator === '||') return truth(right !== 0n);
        return wrap(binary(term.operator, left, right));
      }
      case 'ArithAssignment': {
        const key = term.stringKey ?? (term.subscript ? String(yield* this.#term(term.subscript)) : undefined);
        let value = yield* this.#term(term.value);
        if (term.operator !== '=') {
          const old = key === undefined ? this.host.variable(term.variable) : this.host.element(term.variable, key);
          value = wrap(binary(term.operator.slice(0, -1), yield* this.text(old ?? ''), value));
        }
        this.host.assign(term.variable, key, String(value));
        return value;
      }
      default:
        throw new ArithmeticError('arithmetic syntax error');
    }
  }

  *#key(term: Term<'ArithArrayElement'> | Term<'ArithDoubleSubscript'>): Run<string> {
    if (term.type === 'ArithArrayElement' && term.stringKey !== undefined) return term.stringKey;
    return term.index ? String(yield* this.#term(term.index)) : '0';
  }

  *#piece(term: ArithmeticTerm): Run<string> {
    if (term.type === 'ArithVariable') {
      return term.hasDollarPrefix ? (this.host.variable(term.name) ?? '') : term.name;
    }
    return String(yield* this.#term(term));
  }

  *#unary({ operator, operand, prefix }: Term<'ArithUnary'>): Run<bigint> {
    if (operator === '++' || operator === '--') {
      if (operand.type !== 'ArithVariable' && operand.type !== 'ArithArrayElement')
        throw new ArithmeticError('arithmetic syntax error');
      const old = yield* this.#term(operand);
      const value = wrap(operator === '++' ? old + 1n : old - 1n);
      if (operand.type === 'ArithVariable') this.host.assign(operand.name, undefined, String(value));
      else this.host.assign(operand.array, yield* this.#key(operand), String(value));
      return prefix ? value : old;
    }
    const value = yield* this.#term(operand);
    if (operator === '-') return wrap(-value);
    if (operator === '!') return truth(value === 0n);
    return operator === '~' ? ~value : value;
  }
}
