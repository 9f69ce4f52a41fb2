/** The command line cannot be understood: exit status 125, as docker's. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** A whole number within bounds; throws UsageError. */
export function wholeNumber(text: string, option: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high) {
    throw new UsageError(`${option} must be a whole number from ${low} to ${high}, not '${text}'`);
  }
  return value;
}
