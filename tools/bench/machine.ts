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
}

/** This machine and the versions that were measured. */
export function thisMachine(rows: readonly Row[]): Machine {
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
  };
}

/** The same in one line. */
export function machineText(machine: Machine): string {
  const { processor, cores, memoryGB, system, versions } = machine;
  const hardware = `${processor}, ${cores} cores, ${memoryGB} GB, ${system}`;
  return [hardware, ...versions].join("; ");
}
