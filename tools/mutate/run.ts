/** A whole run: a sample of mutants of each room, and who notices them. */
import { basename, join } from "node:path";
import { permutation } from "../../lib/base/random.ts";
import { setUp } from "../environment.ts";
import { executeNotebook } from "../execute.ts";
import { SetupError } from "../process.ts";
import { reachOf } from "./coverage.ts";
import { denoTest } from "./deno_test.ts";
import { changed, judge, type Judged, type Stage, stagesFor } from "./judge.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { copyTree, filesBelow } from "./tree.ts";

/** Options of {@linkcode mutate}. */
export interface MutateOptions {
  /** The tree; it is only read. */
  readonly root: string;
  /** Rooms in lib/; all unless told. */
  readonly rooms: readonly string[];
  /** Files to take, such as "lib/layers/relu.ts"; all of the rooms unless told. */
  readonly files: readonly string[];
  /** Mutants a room, at most. */
  readonly sample: number;
  readonly seed: number;
  /** Beginnings of the names of notebooks to ask about each mutant too: "02"; none unless told. */
  readonly notebooks?: readonly string[];
  /** Runs a notebook of the copy and says whether all went well. */
  readonly runNotebook?: (path: string) => Promise<boolean>;
  /** Seconds for the tests of other rooms, by what they take unchanged; no end unless told. */
  readonly others?: number;
  /** Seconds that a run may take at least before it counts as hanging; 20 unless told. */
  readonly patience?: number;
  /** Called with all that is known, after each mutant. */
  readonly onMutant?: (report: Report, total: number) => void | Promise<void>;
  readonly onBaseline?: (done: number, total: number) => void;
}

/** What a run found. */
export interface Report {
  readonly seed: number;
  readonly sample: number;
  /** Mutants there are, by room. */
  readonly mutants: Readonly<Record<string, number>>;
  /** Tests that fail when nothing is changed: they were not asked. */
  readonly red: readonly string[];
  readonly judged: readonly Judged[];
}

/**
 * Draws mutants and judges them in a copy of the tree.
 *
 * @throws {SetupError} A room or a file that there is not.
 */
export async function mutate(options: MutateOptions): Promise<Report> {
  const { root, sample, seed, notebooks = [] } = options;
  const { others = Infinity, patience = 20 } = options;
  const run = options.runNotebook ?? runNotebook;
  const all = await mutantsIn(options);
  const drawn = Object.values(all).map((mutants) =>
    [...permutation(mutants.length, seed).slice(0, sample)]
      .map((i) => mutants[i])
  );
  // Rooms take turns, so that a run that is stopped has looked into all of them.
  const most = Math.max(0, ...drawn.map(({ length }) => length));
  const inTurns = Array.from(
    { length: most },
    (_, i) => drawn.flatMap((mutants) => mutants.slice(i, i + 1)),
  ).flat();
  await using copy = await copyTree(root);
  const { reaches, red } = await reachOf(
    copy.path,
    join(root, ".cache", "mutate"),
    options.onBaseline,
  );
  const counts = Object.entries(all).map((
    [room, { length }],
  ) => [room, length]);
  const judged: Judged[] = [];
  const report: Report = {
    ...{ seed, sample, red, judged },
    mutants: Object.fromEntries(counts),
  };
  const examples = new Map<string, Stage[]>();
  const running = await runningNotebooks(copy.path, notebooks, run);
  for (const mutant of inTurns) {
    const { stages, spared } = stagesFor(mutant, reaches, others);
    const { file } = mutant;
    if (!examples.has(file)) examples.set(file, await stageOf(copy.path, file));
    // Examples are few and near: they come before the other rooms.
    stages.splice(1, 0, ...examples.get(file)!);
    let one = await judge(copy.path, mutant, { stages, spared }, patience);
    // What hangs a test would hang a notebook until its time is up.
    if (one.outcome !== "timeout" && running.length > 0) {
      const found = await changed(
        copy.path,
        mutant,
        () => failing(copy.path, running, run),
      );
      one = { ...one, notebooks: found };
    }
    judged.push(one);
    await options.onMutant?.(report, inTurns.length);
  }
  return report;
}

/** The examples in a file's comments, where it has some and they run. */
async function stageOf(tree: string, file: string): Promise<Stage[]> {
  const text = await Deno.readTextFile(join(tree, file));
  if (!text.includes("@example")) return [];
  const args = ["--doc", file];
  const { result, seconds } = await denoTest(tree, args);
  return result === "passed" ? [{ args, seconds }] : [];
}

/** The mutants of each room, in the order of its files. */
async function mutantsIn(
  { root, rooms, files }: MutateOptions,
): Promise<Record<string, Mutant[]>> {
  const sources = (await filesBelow(join(root, "lib")))
    .map((file) => `lib/${file}`)
    .filter((file) =>
      /^lib\/\w+\/.*\.ts$/.test(file) && !file.includes("/assembly/")
    );
  const known = [...new Set(sources.map((file) => file.split("/")[1]))];
  const oddRoom = rooms.find((room) => !known.includes(room));
  if (oddRoom !== undefined) {
    throw new SetupError(
      `deno task mutate: --room expects a room of lib/ but found "${oddRoom}": ${
        known.join(", ")
      }`,
    );
  }
  const oddFile = files.find((file) => !sources.includes(file));
  if (oddFile !== undefined) {
    throw new SetupError(
      `deno task mutate expects files such as ${
        sources[0]
      } but found ${oddFile}: write it from the repository on`,
    );
  }
  const chosen = sources.filter((file) =>
    files.length > 0
      ? files.includes(file)
      : rooms.length === 0 || rooms.includes(file.split("/")[1])
  );
  const found: Record<string, Mutant[]> = {};
  for (const file of chosen) {
    const text = await Deno.readTextFile(join(root, file));
    (found[file.split("/")[1]] ??= []).push(...mutantsOf(file, text));
  }
  return found;
}

/**
 * Those of the notebooks that run when nothing is changed.
 *
 * @throws {SetupError} A beginning that no name has.
 */
async function runningNotebooks(
  tree: string,
  starts: readonly string[],
  run: (path: string) => Promise<boolean>,
): Promise<string[]> {
  if (starts.length === 0) return [];
  const all = (await filesBelow(join(tree, "notebooks")))
    .filter((file) => file.endsWith(".ipynb"));
  const odd = starts.find((start) =>
    !all.some((file) => file.startsWith(start))
  );
  if (odd !== undefined) {
    throw new SetupError(
      `deno task mutate: --notebook expects the beginning of a notebook's name but found "${odd}": ${
        all.join(", ")
      }`,
    );
  }
  const chosen = all.filter((file) =>
    starts.some((start) => file.startsWith(start))
  );
  const red = await failing(tree, chosen, run);
  return chosen.filter((file) => !red.includes(basename(file, ".ipynb")));
}

/** Names of those notebooks that fail in the tree. */
async function failing(
  tree: string,
  notebooks: readonly string[],
  run: (path: string) => Promise<boolean>,
): Promise<string[]> {
  const found: string[] = [];
  for (const file of notebooks) {
    const fine = await run(join(tree, "notebooks", file));
    if (!fine) found.push(basename(file, ".ipynb"));
  }
  return found;
}

/** Runs a notebook in the real kernel, with the library that lies beside it. */
async function runNotebook(path: string): Promise<boolean> {
  const copy = path + ".executed";
  const run = await executeNotebook(path, await setUp(), {
    copy,
    timeout: 600,
  });
  return !run.failure && !run.broken;
}
