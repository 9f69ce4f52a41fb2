/**
 * Where a client is sent whose path holds empty parts or dots, as `//` and `/../`; undefined for a path that is clean.
 * The query stays as it is.
 */
export function cleanPath(path: string): string | undefined {
  const mark = path.indexOf('?');
  const whole = mark < 0 ? path : path.slice(0, mark);
  if (!/\/\/|\/\.\.?(?:\/|$)/.test(whole)) return undefined;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const end = whole.endsWith('/') && parts.length > 0 ? '/' : '';
  return `/${parts.join('/')}${end}${mark < 0 ? '' : path.slice(mark)}`;
}
