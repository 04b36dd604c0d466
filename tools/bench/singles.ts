import { join } from "node:path";
import { root, setUp } from "../environment.ts";
import { output, SetupError } from "../process.ts";

/** One measured number that belongs to no network. */
export interface Single {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** Start-up, loading and memory: each the median of three fresh processes. */
export async function singles(log: (line: string) => void): Promise<Single[]> {
  const { python, env } = await setUp();
  const deno = (file: string) => [
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    join(root, "tools/bench", file),
  ];
  const plot = [python, join(root, "tools/bench/first_plot.py")];
  const wanted = [
    ["kernel start to first plot, warm", "s", plot],
    ["loading MNIST's 60,000 images", "s", deno("load_mnist.ts")],
    [
      "peak memory of LeNet training, as a share of the limit",
      "",
      deno("memory.ts"),
    ],
  ] as const;
  const found: Single[] = [];
  for (const [what, unit, command] of wanted) {
    log(what);
    const values: number[] = [];
    for (let i = 0; i < 3; i++) {
      const cwd = join(root, "notebooks");
      const { success, stdout, stderr } = await output([...command], {
        env,
        cwd,
      });
      const value = Number(stdout.trim().split("\n").at(-1));
      if (!success || !(value > 0)) {
        throw new SetupError(
          `deno task bench: ${what} gave no number:\n${stdout}${stderr}`,
        );
      }
      values.push(value);
    }
    const value = values.sort((a, b) => a - b)[1];
    found.push({ what, value: Number(value.toFixed(2)), unit });
  }
  return found;
}
