/**
 * Trainings that are too long for a notebook, run once and kept: the notebooks
 * 05 to 08 read their logs in data/runs.
 */
import { join } from "node:path";
import { renewChecksums } from "./checksums.ts";
import { addRun, engineNow, openLog } from "./evidence/log.ts";
import { type Recipe, recipes } from "./evidence/recipe.ts";
import { partsOf, trainOnce } from "./evidence/train.ts";
import { readOptions, UsageError } from "./options.ts";
import { fromUser, root } from "./paths.ts";
import { withPlainErrors } from "./process.ts";

const helpText = `deno task evidence NAME [options]

  NAME        one of ${recipes.map(({ name }) => name).join(", ")}
  --seeds=N   seeds 1 to N, 5 unless told
  --out=DIR   writes DIR/NAME.json and not data/runs/NAME.json

  A run that the log already holds is not run again, so a stopped command goes
  on where it stopped, and more seeds are added behind the old ones.`;

/** What the command line asks for; undefined to print help. */
export function evidenceOptions(
  args: readonly string[],
): { recipe: Recipe; seeds: number; out?: string } | undefined {
  const command = "deno task evidence";
  const { values, positionals } = readOptions(
    command,
    args,
    {
      seeds: { type: "string", default: "5" },
      out: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
    (why) => `${command}: ${why}\n${helpText}`,
  );
  if (values.help) return undefined;
  const recipe = recipes.find(({ name }) => name === positionals[0]);
  if (recipe === undefined || positionals.length > 1) {
    throw new UsageError(
      `${command} expects one name but found ${
        positionals.join(" ") || "none"
      }\n${helpText}`,
    );
  }
  const seeds = Number(values.seeds);
  if (!/^\d+$/.test(values.seeds) || seeds < 1 || seeds > 1000) {
    throw new UsageError(
      `${command} expects --seeds as a whole number from 1 to 1000 but found "${values.seeds}": write --seeds=5`,
    );
  }
  if (values.out === "") {
    throw new UsageError(
      `${command} expects --out as a folder but found nothing: write --out=output/runs`,
    );
  }
  return { recipe, seeds, out: values.out };
}

if (import.meta.main) await withPlainErrors(main);

async function main(): Promise<number> {
  const asked = evidenceOptions(Deno.args);
  if (asked === undefined) {
    console.log(helpText);
    return 0;
  }
  const { recipe, seeds, out } = asked;
  const own = join(root, "data", "runs");
  const folder = out === undefined ? own : fromUser(out);
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, `${recipe.name}.json`);
  let log = await openLog(path, recipe, await engineNow());
  for (let seed = 1; seed <= seeds; seed++) {
    const missing = recipe.conditions.filter(({ name }) =>
      !log.runs.some((run) => run.condition === name && run.seed === seed)
    );
    if (missing.length === 0) continue;
    const parts = await partsOf(recipe, seed);
    for (const condition of missing) {
      const run = await trainOnce(recipe, condition, seed, parts);
      log = await addRun(path, log, run);
      if (folder === own) await renewChecksums([`runs/${recipe.name}.json`]);
      const { training, validation } = run.epochs.at(-1)!;
      console.log(
        `${recipe.name}, seed ${seed}, ${condition.name}: training ${
          percent(training.accuracy)
        }, validation ${percent(validation.accuracy)}, ${
          run.seconds.toFixed(0)
        } s`,
      );
    }
  }
  console.log(`written to ${path}`);
  return 0;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
