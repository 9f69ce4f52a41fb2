import type { Row, RowSource } from './rows';

/** What VS Code holds on to: one object a row as long as the row is there, with the row's present form. */
export class TreeElement {
  /** IDs of the children once they were asked for. */
  children: string[] | undefined;

  constructor(
    public row: Row,
    readonly parent: TreeElement | undefined,
  ) {}

  /** The container of a task, for faces that ask from it. */
  get containerID(): string | undefined {
    return this.row.object?.containerID;
  }

  /** The name of a service, for faces that ask for it. */
  get serviceName(): string | undefined {
    return this.row.object?.type === 'service' ? this.row.object.name : undefined;
  }
}

/**
 * The rows that were handed out, and which of them changed since. Only rows under what was unfolded are made, and a
 * refresh names the least: a row whose own form changed, or the parent of rows that came, went or moved.
 */
export class RowTree {
  readonly #source: RowSource;
  readonly #elements = new Map<string, TreeElement>();
  #roots: string[] | undefined;

  constructor(source: RowSource) {
    this.#source = source;
  }

  children(parent?: TreeElement): TreeElement[] {
    const rows = parent ? this.#source.children(parent.row) : this.#source.roots();
    const elements = rows.map((row) => this.#element(row, parent));
    this.#forgetMissing(parent ? parent.children : this.#roots, rows);
    const ids = rows.map((row) => row.id);
    if (parent) parent.children = ids;
    else this.#roots = ids;
    return elements;
  }

  tooltip(element: TreeElement): string {
    return this.#source.tooltip(element.row);
  }

  /** An element that was handed out, by the ID of its row. */
  get(id: string): TreeElement | undefined {
    return this.#elements.get(id);
  }

  /** Compares what was handed out with the present; `'all'` when the roots themselves came, went or moved. */
  refresh(): TreeElement[] | 'all' {
    if (!this.#roots) return [];
    const changed: TreeElement[] = [];
    if (!this.#compare(this.#roots, this.#source.roots(), changed)) return 'all';
    return changed;
  }

  /** Takes over new forms of rows; false when it is not the same rows in the same order. */
  #compare(ids: readonly string[], rows: readonly Row[], changed: TreeElement[]): boolean {
    if (ids.length !== rows.length || rows.some((row, i) => row.id !== ids[i])) return false;
    // VS Code aligns siblings by whether any of them can be unfolded, and looks at that when it draws them all.
    if (rows.some((row) => (this.#elements.get(row.id)?.row.folding === 'none') !== (row.folding === 'none')))
      return false;
    for (const row of rows) {
      const element = this.#elements.get(row.id);
      if (!element) return false;
      const same = sameRow(element.row, row);
      element.row = row;
      const below: TreeElement[] = [];
      const sameChildren = !element.children || this.#compare(element.children, this.#source.children(row), below);
      if (!same || !sameChildren) changed.push(element);
      // Refreshing a row makes VS Code ask for its children again, so that what is below need not be named.
      if (same && sameChildren) changed.push(...below);
    }
    return true;
  }

  #element(row: Row, parent: TreeElement | undefined): TreeElement {
    const known = this.#elements.get(row.id);
    if (known && known.parent === parent) {
      known.row = row;
      return known;
    }
    const element = new TreeElement(row, parent);
    this.#elements.set(row.id, element);
    return element;
  }

  #forgetMissing(ids: readonly string[] | undefined, rows: readonly Row[]): void {
    if (!ids) return;
    const present = new Set(rows.map((row) => row.id));
    for (const id of ids) if (!present.has(id)) this.#forget(id);
  }

  #forget(id: string): void {
    const element = this.#elements.get(id);
    this.#elements.delete(id);
    for (const child of element?.children ?? []) this.#forget(child);
  }
}

function sameRow(a: Row, b: Row): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
