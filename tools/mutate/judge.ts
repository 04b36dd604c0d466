/** Whether a test notices a mutant. */
import { join } from "node:path";
import type { Reach } from "./coverage.ts";
import { denoTest, type TestRun } from "./deno_test.ts";
import { type Mutant, mutated } from "./mutants.ts";

/** A mutant and what became of it. */
export interface Judged extends Mutant {
  /** "timeout" is noticed as well: some test did not come to its end. */
  readonly outcome: "killed" | "survived" | "timeout";
  /** The test that noticed. */
  readonly by?: string;
  /** Test files that were to notice, and how many others run the changed line. */
  readonly asked: readonly string[];
  readonly spared: number;
  /** Notebooks that noticed, where they were asked. */
  readonly notebooks?: readonly string[];
}

/** Tests that run together, and how long they take when nothing is changed. */
export interface Stage {
  readonly args: readonly string[];
  readonly seconds: number;
}

/**
 * The tests that run the mutant's line, the likeliest to notice first: that of
 * the same name, those of the same room, the others; fast ones first.
 *
 * @param others Seconds for those of other rooms, by what they take unchanged.
 * @returns The stages, and how many files are left out for want of time.
 */
export function stagesFor(
  { file, line }: Mutant,
  reaches: readonly Reach[],
  others: number,
): { stages: Stage[]; spared: number } {
  const [, room, ...rest] = file.split("/");
  const name = rest.at(-1)!.replace(/\.ts$/, "");
  const near = ({ file }: Reach) =>
    !file.startsWith(`tests/${room}/`)
      ? 2
      : file.split("/").at(-1)!.startsWith(name)
      ? 0
      : 1;
  // A line that is run in part counts as not run: "if (odd) return 0;" where
  // nothing is odd. What runs next to it, runs it.
  const hits = reaches.filter(({ lines }) =>
    lines[file]?.some((other) => Math.abs(other - line) <= 2)
  )
    .toSorted((a, b) => a.seconds - b.seconds);
  const ranks = [0, 1, 2].map((rank) =>
    hits.filter((one) => near(one) === rank)
  );
  let left = others;
  const afar = ranks[2].filter(({ seconds }) => (left -= seconds) >= 0);
  const stages = [ranks[0], ranks[1], afar]
    .filter((files) => files.length > 0)
    .map((files) => ({
      args: files.map(({ file }) => file),
      seconds: files.reduce((sum, { seconds }) => sum + seconds, 0),
    }));
  return { stages, spared: ranks[2].length - afar.length };
}

/**
 * Changes the file in the copy, runs the stages until one fails, and puts the
 * file back.
 *
 * A stage that takes over four times as long as it did, and `patience` in
 * seconds beside, hangs: a busy machine alone does not do that.
 */
export async function judge(
  tree: string,
  mutant: Mutant,
  { stages, spared }: { stages: readonly Stage[]; spared: number },
  patience: number,
): Promise<Judged> {
  const asked = stages.flatMap(({ args }) => args)
    .filter((arg) => arg.endsWith("_test.ts"));
  const known = { ...mutant, asked, spared };
  const run = await changed(tree, mutant, async () => {
    for (const stage of stages) {
      const run = await denoTest(
        tree,
        stage.args,
        patience + 4 * stage.seconds,
      );
      if (run.result !== "passed") return run;
    }
    return { result: "passed", seconds: 0 } satisfies TestRun as TestRun;
  });
  if (run.result === "passed") return { ...known, outcome: "survived" };
  const outcome = run.result === "timeout" ? "timeout" : "killed";
  return { ...known, outcome, by: run.by };
}

/** Does something while the mutant stands in the copy. */
export async function changed<T>(
  tree: string,
  mutant: Mutant,
  what: () => Promise<T>,
): Promise<T> {
  const path = join(tree, mutant.file);
  const text = await Deno.readTextFile(path);
  try {
    await Deno.writeTextFile(path, mutated(text, mutant));
    return await what();
  } finally {
    await Deno.writeTextFile(path, text);
  }
}
