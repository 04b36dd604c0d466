/**
 * `deno task mutate [options] [file ...]`: changes the library by one operator
 * at a time, in a copy of the tree, and says which test notices.
 */
import { join, relative } from "node:path";
import { writeWhole } from "./files.ts";
import { mutate } from "./mutate/run.ts";
import { change, summary } from "./mutate/summary.ts";
import { readOptions } from "./options.ts";
import { fromUser, root } from "./paths.ts";
import { SetupError, withPlainErrors } from "./process.ts";
import { Progress } from "./progress.ts";
import { bar } from "./table.ts";

const helpText = `deno task mutate [options] [file ...]

  --room=NAME   a room of lib/, such as layers; several may be told, all unless told
  --sample=N    how many mutants of each room, 20 unless told
  --seed=N      decides which ones, 1 unless told
  --others=60   seconds for the tests of other rooms, by what they take unchanged;
                fast ones come first, and the report counts those left out
  --notebooks   ask the notebooks too; this takes minutes a mutant
  --notebook=02 ask those alone whose name begins so; several may be told

The report is output/mutate.json.`;

/**
 * Reads the command line.
 *
 * @throws {SetupError} An option that there is not, or no whole number.
 */
export function mutateOptions(args: readonly string[]) {
  const { values, positionals } = readOptions(
    "deno task mutate",
    args,
    {
      room: { type: "string", multiple: true, default: [] },
      sample: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      others: { type: "string", default: "60" },
      notebooks: { type: "boolean", default: false },
      notebook: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
    (why) => `deno task mutate: ${why}\n${helpText}`,
  );
  const whole = (name: "sample" | "seed" | "others", least: number) => {
    const number = Number(values[name]);
    if (!/^\d+$/.test(values[name]) || number < least) {
      throw new SetupError(
        `deno task mutate: --${name} expects a whole number of ${least} or more but found "${
          values[name]
        }": write --${name}=${Math.max(1, least)}`,
      );
    }
    return number;
  };
  const { room: rooms, help } = values;
  const notebooks = values.notebooks ? [""] : values.notebook;
  const [sample, seed] = [whole("sample", 1), whole("seed", 0)];
  const others = whole("others", 0);
  return { rooms, sample, seed, others, notebooks, help, files: positionals };
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const { help, files, ...options } = mutateOptions(Deno.args);
    if (help) {
      console.log(helpText);
      return 0;
    }
    const begun = new Progress((done, total, seconds, what) =>
      `${what}  ${bar(done, total)}  ${seconds.toFixed(0)} s`
    );
    await Deno.mkdir(join(root, "output"), { recursive: true });
    const report = await mutate({
      ...options,
      root,
      files: files.map((file) =>
        relative(root, fromUser(file)).replaceAll("\\", "/")
      ),
      onBaseline: (done, total) => begun.update(done, total, "unchanged tests"),
      onMutant: async (report, total) => {
        const last = report.judged.at(-1)!;
        begun.update(report.judged.length, total, "mutants");
        if (last.outcome === "survived") console.error(`\n${change(last)}`);
        const text = JSON.stringify(report, null, 1) + "\n";
        await writeWhole(join(root, "output", "mutate.json"), text);
      },
    });
    begun.finish();
    console.log(summary(report));
    return 0;
  });
}
