import { join } from "node:path";
import { root } from "../environment.ts";
import { Child } from "./child.ts";
import { nets } from "./nets.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** Engines by the name that --engines takes. */
export const engineNames = [
  "wasm",
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
  readonly version?: string;
  readonly train?: Spread;
  readonly infer?: Spread;
  /** Why there are no speeds. */
  readonly unavailable?: string;
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/** The command that starts an engine. */
function commandOf(engine: EngineName, net: string, python: string): string[] {
  if (engine.startsWith("torch")) {
    const threads = engine === "torch 1 thread" ? "1" : "0";
    return [python, join(root, "tools/bench/torch_engine.py"), threads, net];
  }
  const file = join(root, "tools/bench/engine.ts");
  return [Deno.execPath(), "run", "-A", "--no-check", file, engine, net];
}

/**
 * Measures all engines on one network, in turn: one round of each, then the
 * next round, so that a busy moment of the machine hits all alike.
 *
 * @param python The interpreter that may have torch.
 * @param log Receives one line for each round.
 */
export async function measureNet(
  net: string,
  engines: readonly EngineName[],
  { rounds, seconds }: Effort,
  python: string,
  log: (line: string) => void,
): Promise<Row[]> {
  const children = engines.map((engine) => ({
    engine,
    child: new Child(commandOf(engine, net, python), root),
    speeds: { train: [] as number[], infer: [] as number[] },
    slow: false,
  }));
  try {
    const rows: Row[] = [];
    const ready = [];
    for (const one of children) {
      const { unavailable, version } = await one.child.greeting;
      if (unavailable === undefined) ready.push({ ...one, version });
      else rows.push({ net, engine: one.engine, unavailable });
    }
    // Round 0 warms up and does not count; a slow engine is warm after it.
    for (let round = 0; round <= rounds; round++) {
      log(`${nets[net].title}: round ${round} of ${rounds}`);
      for (const one of ready) {
        for (const mode of ["train", "infer"] as const) {
          if (mode === "train" && one.engine === "stock wasm") continue;
          if (one.slow && round > 1) continue;
          const start = performance.now();
          const speed = await one.child.measure(mode, seconds);
          if (performance.now() - start > 8000 * seconds) one.slow = true;
          if (round > 0) one.speeds[mode].push(speed);
        }
      }
    }
    for (const { engine, version, speeds } of ready) {
      const { train, infer } = speeds;
      rows.push({
        net,
        engine,
        version,
        ...(train.length > 0 && { train: spreadOf(train) }),
        infer: spreadOf(infer),
      });
    }
    return rows.sort((a, b) =>
      engines.indexOf(a.engine) - engines.indexOf(b.engine)
    );
  } finally {
    await Promise.all(children.map(({ child }) => child.stop()));
  }
}
