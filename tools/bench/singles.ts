import { basename, join } from "node:path";
import { setUp } from "../environment.ts";
import { root } from "../paths.ts";
import { executeNotebook } from "../execute.ts";
import { notebooksIn } from "../homework/notebook/load.ts";
import { output, SetupError } from "../process.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** One measured number that belongs to no engine. */
export interface Single extends Spread {
  readonly what: string;
  readonly unit: string;
}

/** The name under which a core's limit is told. */
export const coreLimit = "one core's limit with vectors of 128 bits";

/** Fresh processes for each number. */
const times = 5;

const megabyte = 1e6;

/** Start-up, loading and memory, each in fresh processes. */
export async function singles(log: (line: string) => void): Promise<Single[]> {
  const { python, env } = await setUp();
  const ask = async (what: string, command: string[]): Promise<unknown[]> => {
    log(what);
    const values: unknown[] = [];
    // the first one warms the caches up and is not counted
    for (let i = 0; i <= times; i++) {
      const value = await lastLine(what, command, env);
      if (i > 0) values.push(value);
    }
    return values;
  };
  const seconds = async (what: string, command: string[]) => ({
    what,
    unit: "s",
    ...spreadOf(await ask(what, command) as number[]),
  });
  const script = (name: string) => join(root, "tools", "bench", name);
  const deno = [Deno.execPath(), "run", "-A", "--no-check"];
  const plot = await seconds(
    "kernel start to first plot, warm",
    [python, script("first_plot.py")],
  );
  const loading = await seconds(
    "loading MNIST's 60,000 training images",
    [...deno, script("load_mnist.ts")],
  );
  const memory = await ask(
    "peak memory of LeNet training on MNIST",
    [...deno, script("memory.ts")],
  ) as { grown: number; data: number; need: number }[];
  const [{ data, need }] = memory;
  const grown = memory.map((run) => run.grown / megabyte);
  const limit = (2 * data + need) / megabyte;
  const products = await ask(
    "single products",
    [...deno, script("products.ts")],
  ) as { limit: number; shares: Record<string, number> }[];
  const limits = products.map(({ limit }) => limit);
  const shares = Object.keys(products[0].shares).map((size) => ({
    what: `product ${size}`,
    unit: "% of the core's limit",
    ...spreadOf(products.map((run) => run.shares[size])),
  }));
  return [
    plot,
    loading,
    {
      what: coreLimit,
      unit: "GFLOP/s",
      ...spreadOf(limits),
    },
    ...shares,
    await course(log),
    {
      what: "peak memory of LeNet training on MNIST",
      unit: `MB; twice the data + weights + activations = ${
        limit.toFixed(0)
      } MB`,
      ...spreadOf(grown),
    },
  ];
}

/** Seconds that all notebooks take in the real kernel, once. */
async function course(log: (line: string) => void): Promise<Single> {
  const environment = await setUp();
  const notebooks = await notebooksIn(join(root, "notebooks"));
  await Deno.mkdir(join(root, "output"), { recursive: true });
  const seconds: number[] = [];
  for (const path of notebooks) {
    log(`running ${basename(path)}`);
    const copy = join(root, "output", basename(path));
    const run = await executeNotebook(path, environment, {
      copy,
      timeout: 600,
    });
    if (run.failure || run.broken) {
      throw new SetupError(
        `deno task bench: ${basename(path)} fails: deno task run tells where`,
      );
    }
    seconds.push(run.seconds);
  }
  return {
    what: `the course's ${notebooks.length} notebooks, one after the other`,
    unit: "s",
    ...spreadOf([seconds.reduce((sum, value) => sum + value, 0)]),
  };
}

/** "loading: 0.50 s (quartiles 0.40 to 0.60, 5 runs)". */
export function singleText(single: Single): string {
  const { what, unit, rounds } = single;
  const [median, low, high] = [single.median, single.low, single.high]
    .map((value) => value.toFixed(value < 100 ? 2 : 0));
  return `${what}: ${median} ${unit} (quartiles ${low} to ${high}, ${rounds} runs)`;
}

/** What a program prints last, as JSON. */
async function lastLine(
  what: string,
  command: string[],
  env: Record<string, string>,
): Promise<unknown> {
  const cwd = join(root, "notebooks");
  const { success, stdout, stderr } = await output(command, { env, cwd });
  const line = stdout.trim().split("\n").at(-1)!;
  if (!success || line === "") {
    throw new SetupError(
      `deno task bench: measuring "${what}" failed:\n${stdout}${stderr}`.trim(),
    );
  }
  return JSON.parse(line);
}
