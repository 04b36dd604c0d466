/** How the functions of one room are called: see ../every_export_test.ts. */
export interface Table {
  /**
   * Calls the function of that name with arguments that are right, `extra`
   * among its options.
   */
  readonly calls: Record<string, (extra: object) => unknown>;
  /** The same for functions with a second form, which has other options. */
  readonly forms?: Record<string, (extra: object) => unknown>;
  /** Calls with one misspelt word each, and that word. */
  readonly words: Record<string, [text: string, call: () => unknown][]>;
}
