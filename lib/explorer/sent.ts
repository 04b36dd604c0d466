import type { Graph } from "./graph.ts";

/** What goes to the page, as JSON. */
export interface Sent {
  readonly networks: readonly {
    readonly graph: Graph;
    /** All weights in their order, float16 in base64. */
    readonly weights: string;
  }[];
  /** Names of the classes. */
  readonly labels: readonly string[];
  /** Values of paper and ink. */
  readonly range: readonly [number, number];
  /** Pictures: bytes of 255 steps where these are exact, else float16; in base64. */
  readonly images: readonly {
    readonly bytes?: string;
    readonly halves?: string;
  }[];
}
