import { fileURLToPath } from "node:url";
import { plan, singles } from "../../lib/networks/plan.ts";
import type { Tensor } from "../../lib/base/tensor.ts";
import { torchPython } from "../bench/torch.ts";
import { output } from "../process.ts";
import { type Case, drops, numbersOf } from "./case.ts";
import { difference, type Failure, rightOf } from "./compare.ts";
import type { Found } from "./engines.ts";
import { randomCase } from "./generate.ts";

/** Cases that go to Python at once. */
const CHUNK = 1000;

const script = fileURLToPath(new URL("reference.py", import.meta.url));

/**
 * Compares the reference with PyTorch in float64, where it is installed.
 *
 * @returns What was done, in words, and the first failure.
 */
export async function compareWithTorch(
  { seed, count, python }: { seed: number; count: number; python?: string },
): Promise<{ note: string; compared: number; failure?: Failure }> {
  python ??= await torchPython(false, () => {});
  const works = await output([python, "-c", "import torch"])
    .then(({ success }) => success, () => false);
  if (!works) {
    return {
      compared: 0,
      note:
        "PyTorch is not installed, so it was not asked: deno task bench --torch installs it",
    };
  }
  let compared = 0;
  for (let from = 0; from < count; from += CHUNK) {
    const cases = Array.from(
      { length: Math.min(CHUNK, count - from) },
      (_, i) => randomCase(seed + from + i),
    ).filter((value) => !drops(value));
    const answers = await ask(python, cases);
    for (const [i, value] of cases.entries()) {
      const numeric = numbersOf(value);
      const found = await rightOf(value, numeric);
      if (found === undefined) continue;
      for (const name of found.keys()) {
        if (name.startsWith("moved")) found.delete(name); // not asked
      }
      const message = difference(value, numeric, answers[i], found);
      if (message) {
        return {
          note: "",
          compared,
          failure: { case: value, engine: "float64, by PyTorch,", message },
        };
      }
      compared++;
    }
  }
  return { compared, note: `PyTorch agrees with ${compared}` };
}

/** What PyTorch finds for each case. */
async function ask(python: string, cases: readonly Case[]): Promise<Found[]> {
  const plain = ({ shape, data }: Tensor) => ({
    shape,
    // JSON knows no NaN
    data: Array.from(data, (v) => Number.isNaN(v) ? null : v),
  });
  const question = cases.map((value) => {
    const { x, weights, dy } = numbersOf(value);
    const whole = plan(value.architecture);
    return {
      layers: value.architecture.layers,
      names: singles(whole).map(({ name }) => name),
      training: value.training,
      x: plain(x),
      dy: plain(dy),
      weights: Object.fromEntries([...weights].map(([k, v]) => [k, plain(v)])),
    };
  });
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, JSON.stringify(question));
    const { success, stdout, stderr } = await new Deno.Command(python, {
      args: [script, file],
    }).output();
    const text = new TextDecoder();
    if (!success) throw new Error(`PyTorch failed:\n${text.decode(stderr)}`);
    const answers = JSON.parse(text.decode(stdout)) as Record<
      string,
      { shape: number[]; data: (number | null)[] }
    >[];
    return answers.map((answer) =>
      new Map(
        Object.entries(answer).map(([name, { shape, data }]) => [
          name,
          { shape, data: Float64Array.from(data, (v) => v ?? NaN) },
        ]),
      )
    );
  } finally {
    await Deno.remove(file);
  }
}
