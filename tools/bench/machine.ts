import { cpus } from "node:os";
import deno from "../../deno.json" with { type: "json" };
import type { Row } from "./measure.ts";

/** Machine and versions in one line. */
export function machineText(rows: readonly Row[]): string {
  const processors = cpus();
  const tfjs = deno.imports["@tensorflow/tfjs"].split("@").at(-1);
  const torch = rows.find((row) => row.version)?.version;
  return [
    `${
      processors[0].model.trim()
    }, ${processors.length} cores, ${Deno.build.os}`,
    `Deno ${Deno.version.deno}`,
    `TensorFlow.js ${tfjs}`,
    ...(torch ? [torch] : []),
  ].join("; ");
}
