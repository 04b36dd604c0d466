/**
 * Which folders of data a notebook loads.
 *
 * @module
 */
import type { Notebook } from "./notebook.ts";

/** The large folders, by what a notebook writes to load them. */
const large: readonly [RegExp, string][] = [
  [/loadMnist/, "data/mnist"],
  [/loadFashionMnist/, "data/fashion_mnist"],
];

/** Small enough to go along always. */
const small = [
  "data/README.md",
  "data/CHECKSUMS",
  "data/photos",
  "data/emoji",
  "data/weights",
];

/**
 * Paths below the repository that notebooks need; a notebook that reads the
 * data folder in a way of its own gets all of it.
 */
export function dataNeeded(
  notebooks: readonly Notebook[],
  choice: "needed" | "all" | "none",
): string[] {
  if (choice === "none") return [];
  if (choice === "all") return ["data"];
  const code = notebooks.flatMap(({ cells }) => cells)
    .filter(({ type }) => type === "code").map(({ source }) => source)
    .join("\n");
  if (/dataFolder|\bdata\//.test(code)) return ["data"];
  return [
    ...small,
    ...large.filter(([pattern]) => pattern.test(code)).map(([, path]) => path),
  ];
}
