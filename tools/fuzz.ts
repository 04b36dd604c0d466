/**
 * `deno task fuzz [--seed N] [--count N]`: random networks, run by every engine
 * and compared; the first disagreement is printed as small as it gets.
 */
import { failureText, fuzz } from "./fuzz/run.ts";
import { compareWithTorch } from "./fuzz/torch.ts";
import { readOptions } from "./options.ts";
import { SetupError, withPlainErrors } from "./process.ts";

/** What a fuzzing task is called, and how many cases it tries unless told. */
interface Task {
  readonly task: string;
  readonly cases: number;
}

export const fuzzHelp = ({ task, cases }: Task): string =>
  `deno task ${task} [options]

  --seed=N   first seed, 1 unless told; each case has the next one
  --count=N  how many cases, ${cases} unless told`;

/**
 * Reads the command line.
 *
 * @throws {SetupError} An option that there is not, or no whole number.
 */
export function fuzzOptions(
  args: readonly string[],
  about: Task = { task: "fuzz", cases: 1000 },
): { seed: number; count: number; help: boolean } {
  const { values } = readOptions(
    `deno task ${about.task}`,
    args,
    {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: String(about.cases) },
      help: { type: "boolean", short: "h", default: false },
    },
    (why) => `deno task ${about.task}: ${why}\n${fuzzHelp(about)}`,
    false,
  );
  const whole = (name: "seed" | "count", least: number) => {
    const number = Number(values[name]);
    if (
      values[name].trim() === "" || !Number.isSafeInteger(number) ||
      number < least
    ) {
      throw new SetupError(
        `deno task ${about.task}: --${name} expects a whole number of ${least} or more but found "${
          values[name]
        }": write --${name}=${Math.max(1, least)}`,
      );
    }
    return number;
  };
  return {
    seed: whole("seed", 0),
    count: whole("count", 1),
    help: values.help,
  };
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const { seed, count, help } = fuzzOptions(Deno.args);
    if (help) {
      console.log(fuzzHelp({ task: "fuzz", cases: 1000 }));
      return 0;
    }
    const { cases, failure } = await fuzz({
      seed,
      count,
      onCase: (done) => {
        if (done % 500 === 0) console.error(`${done} of ${count}`);
      },
    });
    if (failure) {
      console.log(
        `${failureText(failure)}\n\n${cases} cases, the last one failed`,
      );
      return 1;
    }
    const torch = await compareWithTorch({ seed, count });
    if (torch.failure) {
      console.log(failureText(torch.failure));
      return 1;
    }
    console.log(`${cases} cases agree from seed ${seed} on; ${torch.note}`);
    return 0;
  });
}
