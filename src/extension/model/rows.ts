/** What a tree shows, as plain data: rows are compared, so they hold texts and no objects. */

export type ObjectType = 'node' | 'service' | 'task' | 'network' | 'container';

/** What a row stands for; commands take it from there. */
export interface RowObject {
  readonly type: ObjectType;
  readonly id: string;
  readonly name: string;
  /** Container of a running task. */
  readonly containerID?: string;
  /** Host name of the node that the container is on. */
  readonly node?: string;
}

/** A codicon and the ID of a theme colour. */
export interface RowIcon {
  readonly name: string;
  readonly color?: string;
}

export interface Row {
  /** The same as long as the thing lives: selection and what is unfolded hang on it. */
  readonly id: string;
  readonly kind: 'node' | 'service' | 'task' | 'history' | 'network' | 'container' | 'group' | 'fact';
  readonly object?: RowObject;
  readonly label: string;
  readonly description: string;
  readonly icon: RowIcon;
  /** Words for the `viewItem` of menus, between blanks. */
  readonly context: string;
  readonly folding: 'none' | 'folded' | 'unfolded';
}

/** One tree: its rows, made from the cluster's objects. */
export interface RowSource {
  roots(): Row[];
  children(row: Row): Row[];
  /** Markdown, made when it is looked at. */
  tooltip(row: Row): string;
}

export const colors = {
  good: 'testing.iconPassed',
  bad: 'testing.iconFailed',
  warn: 'charts.yellow',
  busy: 'charts.blue',
  off: 'disabledForeground',
} as const;

/** Compares names as people do: `web.2` before `web.10`. */
const collator = new Intl.Collator('en', { numeric: true });
export const byName = (a: string, b: string): number => collator.compare(a, b);

/** Joins the parts of a description that are there. */
export function describe(...parts: (string | undefined | false)[]): string {
  return parts.filter((part) => part).join(' · ');
}
