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
}

/** Programs at work in the last minute; 0 on Windows, which does not count. */
export function load(): number {
  return Deno.loadavg()[0];
}

/** What to think of the numbers where other programs are at work. */
export function busyText(loadBefore: number): string | undefined {
  if (loadBefore < 0.5) return undefined;
  return `Other programs are at work (load ${
    loadBefore.toFixed(1)
  }): the numbers will be low and spread, those of several threads most of all`;
}

/** This machine and the versions that were measured. */
export function thisMachine(
  rows: readonly Row[],
  loadBefore: number,
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
  };
}

/** The same in one line. */
export function machineText(machine: Machine): string {
  const { processor, cores, memoryGB, system, versions } = machine;
  const hardware = `${processor}, ${cores} cores, ${memoryGB} GB, ${system}`;
  return [hardware, ...versions].join("; ");
}
