/**
 * `deno task bench`: how fast networks train and answer here, engine by engine,
 * in one run and in turn. See docs/benchmarks.md.
 */
import { basename, dirname, join } from "node:path";
import { infoOf } from "./files.ts";
import { OwnFolder } from "./own_folder.ts";
import { fromUser, root } from "./paths.ts";
import { SetupError, withPlainErrors } from "./process.ts";
import { endChildren } from "./bench/child.ts";
import { busyText, machineText, Others, thisMachine } from "./bench/machine.ts";
import { measureNet, type Row } from "./bench/measure.ts";
import { benchOptions, helpText } from "./bench/options.ts";
import { absentText, reportText } from "./bench/report.ts";
import { coreLimit, singles, singleText } from "./bench/singles.ts";
import { torchPython } from "./bench/torch.ts";

if (import.meta.main) await withPlainErrors(main);

async function main(): Promise<number> {
  const options = benchOptions(Deno.args);
  if (options.help) {
    console.log(helpText);
    return 0;
  }
  if (options.profile) {
    const { profileText } = await import("./bench/profile.ts");
    for (const net of options.nets) console.log(`${await profileText(net)}\n`);
    return 0;
  }
  const save = await placeFor(
    options.out === undefined
      ? join(root, "output", "bench.json")
      : fromUser(options.out),
  );
  endChildrenOnSignal();
  const log = (line: string) => console.error(line);
  const rows: Row[] = [];
  const others = new Others();
  const between = (engines: readonly number[]) => others.look(engines);
  if (options.nets.length > 0) {
    const python = await torchPython(options.torch, log);
    for (const net of options.nets) {
      rows.push(
        ...await measureNet(
          ...[net, options.engines, options, python, log, between] as const,
        ),
      );
    }
  }
  const numbers = options.singles ? await singles(log) : [];
  const machine = thisMachine(rows, others.share);
  console.log(`\n${machineText(machine)}\n`);
  const busy = busyText(others.share);
  if (busy) console.log(`${busy}.\n`);
  if (options.avx2) console.log("PyTorch without AVX-512.\n");
  const core = numbers.find(({ what }) => what === coreLimit)?.median;
  const limit = core === undefined ? undefined : { core, cores: machine.cores };
  if (rows.length > 0) console.log(`${reportText(rows, limit)}\n`);
  for (const single of numbers) console.log(singleText(single));
  const absent = absentText(rows);
  if (absent) console.log(`\nNot measured:\n${absent}`);

  const when = new Date().toISOString();
  const json = { when, machine, options, rows, others: numbers };
  console.log(`\nWritten: ${await save(JSON.stringify(json, null, 2) + "\n")}`);
  return 0;
}

/**
 * Writes the result over an earlier one in output/, elsewhere into a new file
 * alone; known before anything is measured. Returns the path.
 */
async function placeFor(
  out: string,
): Promise<(text: string) => Promise<string>> {
  const output = join(root, "output");
  if (dirname(out) === output) {
    const own = await OwnFolder.open("bench", output);
    await own.checkFree([basename(out)]);
    return async (text) => {
      await own.write(basename(out), text);
      await own.close();
      return out;
    };
  }
  if (await infoOf(out) !== undefined) {
    throw new SetupError(
      `deno task bench expects --out=FILE to be a new file but found ${out}: name another, or move that one away`,
    );
  }
  return async (text) => {
    await Deno.mkdir(dirname(out), { recursive: true });
    await Deno.writeTextFile(out, text, { createNew: true });
    return out;
  };
}

/** Ctrl-C, or a polite end from outside, leaves no engine at work. */
function endChildrenOnSignal(): void {
  const windows = Deno.build.os === "windows"; // knows no SIGTERM
  for (const signal of windows ? ["SIGINT"] : ["SIGINT", "SIGTERM"]) {
    Deno.addSignalListener(signal as Deno.Signal, () => {
      endChildren();
      Deno.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
}
