/** One line of a benchmark's report; `ratio` says how many times better than the anchor. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly anchor?: string;
  readonly anchorValue?: number;
  readonly ratio?: number;
}
