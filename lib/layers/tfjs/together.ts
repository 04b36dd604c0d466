/**
 * What layers do together in one pass over the image, while nobody looks at what is
 * between them. Each kind says so in its file; an engine does it where it has a
 * kernel for it, and one layer after the other where it has none.
 *
 * @module
 */

/** A layer of tfjs, as a kind sees it. */
export interface Stock {
  /** The name of its class. */
  readonly name: string;
  // deno-lint-ignore no-explicit-any -- its settings as tfjs writes them
  readonly config: Readonly<Record<string, any>>;
  /** Axes of its output, the batch among them. */
  readonly rank: number;
}

/** Neighbours whose work a layer does in its own pass; they are named by their kinds. */
export interface Pass {
  /** While the network learns, while it only answers, or both unless told. */
  readonly during?: "training" | "use";
  /** What stands right before it, in one of its branches. */
  readonly before?: string;
  /** What stands behind it, one after the other; the first list that fits counts. */
  readonly behind: readonly (readonly string[])[];
}

/** What a kind says of its neighbours. */
export interface Together {
  /** Is a layer of tfjs one of this kind, and nothing besides? */
  is?(layer: Stock): boolean;
  /** What it does for its neighbours; the first pass that fits counts. */
  readonly passes?: readonly Pass[];
}

/** Is it this activation by itself? */
export const activates = ({ name, config }: Stock, activation: string) =>
  name === "Activation" && config.activation === activation;
