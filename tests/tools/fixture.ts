/** Notebooks made on the spot, for tests of the tools. */
import { basename, join } from "node:path";
import { root } from "../../tools/paths.ts";
import {
  type NotebookFile,
  readBytes,
} from "../../tools/homework/notebook/load.ts";

/** A cell as a test writes it: code unless told. */
export interface FixtureCell {
  source: string;
  type?: "code" | "markdown";
  id?: string;
  metadata?: Record<string, unknown>;
  outputs?: unknown[];
  execution_count?: number | null;
}

/** The JSON of a notebook that is fine but for what the cells get wrong. */
export function fixtureText(
  cells: (FixtureCell | string)[],
  metadata: Record<string, unknown> = {
    kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
    language_info: { name: "typescript", file_extension: ".ts" },
  },
): string {
  return JSON.stringify({
    cells: cells.map((cell, i) => {
      const { type = "code", id = `cell-${i + 1}`, metadata = {}, ...rest } =
        typeof cell === "string" ? { source: cell } : cell;
      return {
        ...{ cell_type: type, id, metadata },
        ...(type === "code" ? { execution_count: null, outputs: [] } : {}),
        ...rest,
      };
    }),
    metadata,
    nbformat: 4,
    nbformat_minor: 5,
  });
}

/** The same, taken apart. */
export function fixture(...args: Parameters<typeof fixtureText>): NotebookFile {
  const bytes = new TextEncoder().encode(fixtureText(...args));
  return readBytes("demo.ipynb", bytes);
}

/** Writes notebooks into a fresh folder below the repository, where "cnn" is known. */
export async function fixtureFolder(
  notebooks: Record<string, (FixtureCell | string)[]>,
): Promise<string> {
  const cache = join(root, ".cache");
  await Deno.mkdir(cache, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: cache, prefix: "fixture-" });
  for (const [name, cells] of Object.entries(notebooks)) {
    await Deno.writeTextFile(
      join(folder, basename(name) + ".ipynb"),
      fixtureText(cells),
    );
  }
  return folder;
}
