/**
 * `deno task bench`: how fast networks train and read here, engine by engine,
 * in one run and in turn. See docs/benchmarks.md.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { root } from "./environment.ts";
import { withPlainErrors } from "./process.ts";
import { machineText } from "./bench/machine.ts";
import { measureNet, type Row } from "./bench/measure.ts";
import { benchOptions } from "./bench/options.ts";
import { absentText, reportText } from "./bench/report.ts";
import { type Single, singles } from "./bench/singles.ts";
import { torchPython } from "./bench/torch.ts";

if (import.meta.main) {
  await withPlainErrors(async () => {
    const options = benchOptions(Deno.args);
    const log = (line: string) => console.error(line);
    const python = await torchPython(options.torch, log);
    const rows: Row[] = [];
    for (const net of options.nets) {
      rows.push(
        ...await measureNet(net, options.engines, options, python, log),
      );
    }
    const others: Single[] = options.quick ? [] : await singles(log);
    const machine = machineText(rows);
    console.log(`\n${machine}\n\n${reportText(rows)}`);
    for (const { what, value, unit } of others) {
      console.log(`${what}: ${value} ${unit}`);
    }
    const absent = absentText(rows);
    if (absent) console.log(`\nNot measured:\n${absent}`);
    const out = resolve(root, options.out);
    await Deno.mkdir(dirname(out), { recursive: true });
    const json = { machine, options, rows, others };
    await Deno.writeTextFile(out, JSON.stringify(json, null, 2) + "\n");
    console.log(`\nWritten: ${out}`);
    return 0;
  });
}
