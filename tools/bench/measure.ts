import { join } from "node:path";
import { root } from "../paths.ts";
import { SetupError } from "../process.ts";
import { Child, type Greeting } from "./child.ts";
import { nets } from "./nets.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** Engines by the name that --engines takes. */
export const engineNames = [
  "wasm",
  "wasm all threads",
  "model.fit",
  "model.fit all threads",
  "stock wasm",
  "stock cpu",
  "scratch",
  "webgpu",
  "torch 1 thread",
  "torch all threads",
] as const;
export type EngineName = typeof engineNames[number];

/** What was measured of one engine on one network. */
export interface Row {
  readonly net: string;
  readonly engine: EngineName;
  /** Images a step. */
  readonly batch: number;
  readonly version?: string;
  readonly train?: Spread;
  readonly infer?: Spread;
  /** Speed divided by PyTorch's on as many threads, round by round. */
  readonly toTorch?: { readonly train?: Spread; readonly infer?: Spread };
  /** Why there are no speeds. */
  readonly unavailable?: string;
}

/** How long to measure, and against what. */
export interface Effort {
  readonly rounds: number;
  /** PyTorch may use no wider vectors than AVX2, as on many laptops. */
  readonly avx2?: boolean;
  /** Seconds of work a round, for training and again for inference. */
  readonly seconds: number;
}

/** Rounds of an engine that takes several times as long as it was given. */
const slowRounds = 3;

const modes = ["train", "infer"] as const;

/** Makes PyTorch's libraries do without AVX-512; other engines do not read it. */
const AVX2 = { ONEDNN_MAX_CPU_ISA: "AVX2", ATEN_CPU_CAPABILITY: "avx2" };

/** The command that starts an engine. */
function commandOf(engine: EngineName, net: string, python: string): string[] {
  if (engine.startsWith("torch")) {
    const threads = engine === "torch 1 thread" ? "1" : "0";
    return [python, join(root, "tools/bench/torch_engine.py"), threads, net];
  }
  const file = join(root, "tools/bench/engine.ts");
  return [Deno.execPath(), "run", "-A", "--no-check", file, engine, net];
}

/** What the rounds of one engine gave. */
interface Runs {
  readonly engine: EngineName;
  readonly train: number[];
  readonly infer: number[];
  /** It takes several times as long as it was given. */
  slow: boolean;
  greeting?: Greeting;
}

/**
 * Measures all engines on one network, in turn: one round of each, then the
 * next round, so that a busy moment of the machine hits all alike. Each round
 * starts fresh processes: where memory happens to lie, one process of the same
 * engine is lastingly faster than the next, PyTorch on small layers by half.
 *
 * @param python The interpreter that may have torch.
 * @param log Receives one line for each round.
 * @param between Runs before and after each round, while all engines wait;
 * receives their processes.
 * @throws {SetupError} An engine that failed, or that has another network.
 */
export async function measureNet(
  net: string,
  engines: readonly EngineName[],
  { rounds, seconds, avx2 = false }: Effort,
  python: string,
  log: (line: string) => void,
  between: (engines: readonly number[]) => Promise<void> = async () => {},
): Promise<Row[]> {
  const env = avx2 ? AVX2 : undefined;
  const all = engines.filter((engine) =>
    !engine.startsWith("model.fit") || nets[net].fit
  ).map((engine): Runs => ({ engine, train: [], infer: [], slow: false }));
  for (let round = 1; round <= rounds; round++) {
    const working = all.filter(({ greeting, slow }) =>
      !greeting?.unavailable && !(slow && round > slowRounds)
    ).map((runs) => ({
      runs,
      child: new Child(commandOf(runs.engine, net, python), root, env),
    }));
    try {
      for (const { runs, child } of working) {
        runs.greeting = await child.greeting;
      }
      requireOneNet(net, all.map(({ greeting }) => greeting?.parameters));
      const ready = working.filter(({ runs }) => !runs.greeting!.unavailable);
      const processes = ready.map(({ child }) => child.id);
      await between(processes);
      log(`${nets[net].title}: round ${round} of ${rounds}`);
      for (const { runs, child } of ready) {
        await oneRound(net, runs, child, seconds);
      }
      await between(processes);
    } finally {
      await Promise.all(working.map(({ child }) => child.stop()));
    }
  }
  const torch = (threads: "1" | "all") =>
    all.find(({ engine }) =>
      engine.startsWith("torch") && threadsOf(engine) === threads
    );
  return all.map(({ engine, train, infer, greeting }) => ({
    net,
    engine,
    batch: engine === "stock cpu" ? nets[net].slowBatch : nets[net].batch,
    version: greeting?.version,
    unavailable: greeting?.unavailable,
    train: train.length > 0 ? spreadOf(train) : undefined,
    infer: infer.length > 0 ? spreadOf(infer) : undefined,
    toTorch: {
      train: ratios(train, torch(threadsOf(engine))?.train),
      infer: ratios(infer, torch(threadsOf(engine))?.infer),
    },
  }));
}

/** One engine's part of a round: each mode warms up, and then counts. */
async function oneRound(
  net: string,
  runs: Runs,
  child: Child,
  seconds: number,
): Promise<void> {
  for (const mode of modes) {
    // tfjs lacks the gradients of a convolution there
    const lacks = runs.engine === "stock wasm" || nets[net].frozen;
    if (mode === "train" && lacks) continue;
    const start = performance.now();
    await child.measure(mode, seconds / 2);
    runs.slow ||= performance.now() - start > 4000 * seconds;
    runs[mode].push(await child.measure(mode, seconds));
  }
}

/** How many threads an engine computes on; those that know no threads have one. */
function threadsOf(engine: EngineName): "1" | "all" {
  return engine.endsWith("all threads") ? "all" : "1";
}

/** Ratios of two engines' speeds in the same rounds. */
function ratios(
  speeds: readonly number[],
  others: readonly number[] = [],
): Spread | undefined {
  const both = speeds.slice(0, others.length);
  return both.length > 0
    ? spreadOf(both.map((speed, round) => speed / others[round]))
    : undefined;
}

/** Throws where engines would be compared on different networks. */
function requireOneNet(
  net: string,
  counts: readonly (number | undefined)[],
): void {
  const different = new Set(counts.filter((count) => count !== undefined));
  if (different.size > 1) {
    throw new SetupError(
      `deno task bench expects one network "${net}" but found ones with ${
        [...different].join(" and ")
      } parameters: make tools/bench/nets.ts and torch_engine.py the same`,
    );
  }
}
