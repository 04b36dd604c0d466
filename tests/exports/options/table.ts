/** How the functions of one room are called: see ../every_export_test.ts. */
export interface Table {
  /**
   * Calls the function of that name with arguments that are right, `extra`
   * among its options; one for each of its forms, where they differ in options.
   */
  readonly calls: Record<
    string,
    ((extra: object) => unknown) | ((extra: object) => unknown)[]
  >;
  /** Calls with one misspelt word each, and that word. */
  readonly words: Record<string, [text: string, call: () => unknown][]>;
}
