/** Running one notebook in the real kernel, through tools/python/execute.py. */
import { join } from "node:path";
import { linesOf } from "./lines.ts";
import type { Environment } from "./install_python.ts";
import { root } from "./paths.ts";
import { withoutTraceback } from "./process.ts";

/** A cell that failed, as the kernel tells it. */
export interface Failure {
  /** Place among all cells, from 0. */
  index: number;
  name: string;
  value: string;
  trace: string[];
  /** True where the kernel kept the reason to itself. */
  hidden: boolean;
  /** True for a promise or a timer that failed outside any cell's own run. */
  late: boolean;
}

/** What one run of a notebook gave. */
export interface Run {
  /** Code cells that ran to their end, of `cells`. */
  done: number;
  cells: number;
  seconds: number;
  failure?: Failure;
  /** What else failed outside the cells' own runs, a line each. */
  also: string[];
  /** True where a timer still ran when the runner had waited long enough. */
  left: boolean;
  /** Why the run itself broke, where it did: no kernel, no memory. */
  broken?: string;
  /** Characters of output, by place of the cell. */
  sizes: Record<string, number>;
  /** What the kernel wrote to its own terminal, which no notebook shows. */
  log: string[];
}

/** Options of {@linkcode executeNotebook}. */
export interface ExecuteOptions {
  /** Where the executed copy goes. */
  copy: string;
  /** Seconds after which a cell has failed. */
  timeout: number;
  /**
   * A replication: fresh seeds are those after this number, claims are counted
   * and stop nothing, exercises are left out.
   */
  replication?: number;
  /** Called when the run starts and after each code cell. */
  onCell?: (done: number, cells: number) => void;
}

/** Executes a notebook's cells in order, up to the first that fails. */
export async function executeNotebook(
  path: string,
  { python, env }: Environment,
  { copy, timeout, replication, onCell = () => {} }: ExecuteOptions,
): Promise<Run> {
  const script = join(root, "tools", "python", "execute.py");
  const child = new Deno.Command(python, {
    args: [
      script,
      path,
      copy,
      ...[timeout, replication ?? []].flat().map(String),
    ],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const run: Run = {
    done: 0,
    cells: 0,
    seconds: 0,
    also: [],
    left: false,
    sizes: {},
    log: [],
  };
  let ended = false;
  for await (const line of linesOf(child.stdout)) {
    const event = JSON.parse(line);
    if (event.event === "start") run.cells = event.cells;
    if (event.event === "cell") run.done = event.number;
    if (event.event === "end") {
      ended = true;
      run.seconds = event.seconds;
      run.sizes = event.sizes;
      run.log = event.log;
      run.failure = event.failure ?? undefined;
      run.also = event.also;
      run.left = event.left;
    } else onCell(run.done, run.cells);
  }
  const { success } = await child.status;
  if (!success || !ended) {
    const said = withoutTraceback(await errors).trim();
    run.broken = `${said || "the runner ended without a word"}\n` +
      `Where this goes on, delete the folder .venv and run the same command again.`;
  }
  return run;
}
