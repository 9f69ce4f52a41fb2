/** Members that tell an unset value from a zero one: they are pointers in the engine. */
const distinguishesUnset: ReadonlySet<string> = new Set(['Init', 'Delay']);

/** Words that an unset member stands for, by the member's name. */
const defaultWords: ReadonlyMap<string, string> = new Map([
  ['Mode', 'vip'],
  ['Protocol', 'tcp'],
  ['PublishMode', 'ingress'],
  ['Condition', 'any'],
]);

/** Whether a value is what an unset member stands for: zero, empty text, false, an empty list or an empty object. */
function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === 0 || value === '' || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.entries(value).every(([key, member]) => isUnset(key, member));
}

function isUnset(key: string, value: unknown): boolean {
  if (distinguishesUnset.has(key)) return value === undefined || value === null;
  return isZero(value) || (typeof value === 'string' && defaultWords.get(key) === value);
}

/**
 * Whether two specs say the same, member by member. Specs are compared after they went through the engine's
 * conversion, so an unset member equals a zero one (ORCH-80, ORCH-83).
 */
export function sameSpec(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return isZero(a) && isZero(b);
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b)) return isZero(a) && isZero(b);
    return a.length === b.length && a.every((item, index) => sameSpec(item, b[index]));
  }
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const same = (key: string): boolean => {
    if (left[key] === right[key]) return true;
    if (isUnset(key, left[key]) || isUnset(key, right[key])) return isUnset(key, left[key]) && isUnset(key, right[key]);
    return sameSpec(left[key], right[key]);
  };
  return Object.keys(left).every(same) && Object.keys(right).every((key) => key in left || same(key));
}
