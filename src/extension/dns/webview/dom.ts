/** Small helpers of the page. Texts go in as text, never as markup. */

export function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found as T;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** `web.1` of `web.1.<task>`, `util` of `util.<node>.<task>`; IDs have 25 digits. */
export function shortName(container: string): string {
  return container.replace(/(\.[0-9a-z]{25})+$/, '');
}
