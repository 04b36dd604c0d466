import { cpus, totalmem } from "node:os";
import deno from "../../deno.json" with { type: "json" };
import type { Row } from "./measure.ts";

/** What the numbers were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly versions: readonly string[];
  /** Programs at work in the minute before, by the system's count. */
  readonly loadBefore: number;
  /** Share of the processor that others used in the middle of the looks between rounds. */
  readonly others?: number;
}

/**
 * The share of the processor that is at work within some time: other programs',
 * where our engines wait.
 */
export async function busyShare(milliseconds = 200): Promise<number> {
  const look = () => {
    let busy = 0, all = 0;
    for (const { times } of cpus()) {
      const total = Object.values(times).reduce((sum, time) => sum + time, 0);
      busy += total - times.idle;
      all += total;
    }
    return { busy, all };
  };
  const before = look();
  await new Promise((done) => setTimeout(done, milliseconds));
  const after = look();
  return (after.busy - before.busy) / Math.max(1, after.all - before.all);
}

/** Programs at work in the last minute; 0 on Windows, which does not count. */
export function load(): number {
  return Deno.loadavg()[0];
}

/** What to think of the numbers where other programs are at work. */
export function busyText(
  loadBefore: number,
  others = 0,
): string | undefined {
  if (loadBefore < 0.5 && others < 0.1) return undefined;
  return `Other programs are at work (load ${loadBefore.toFixed(1)} before, ${
    (100 * others).toFixed(0)
  } % of the processor between the rounds): the numbers will be low and spread, those of several threads most of all`;
}

/** This machine and the versions that were measured. */
export function thisMachine(
  rows: readonly Row[],
  loadBefore: number,
  others?: number,
): Machine {
  const processors = cpus();
  const tfjs = deno.imports["@tensorflow/tfjs"].split("@").at(-1);
  const named = rows.map(({ version }) => version).filter((one) => one);
  return {
    processor: processors[0].model.trim(),
    cores: processors.length,
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${Deno.build.os} ${Deno.build.arch}`,
    versions: [
      `Deno ${Deno.version.deno}`,
      `TensorFlow.js ${tfjs}`,
      ...new Set(named as string[]),
    ],
    loadBefore,
    others,
  };
}

/** The same in one line. */
export function machineText(machine: Machine): string {
  const { processor, cores, memoryGB, system, versions } = machine;
  const hardware = `${processor}, ${cores} cores, ${memoryGB} GB, ${system}`;
  return [hardware, ...versions].join("; ");
}
