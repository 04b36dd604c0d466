/**
 * `deno task replicate [--seeds=N] [--page] [notebook ...]`: runs notebooks again with fresh
 * seeds and counts how often each claim comes out as the text says.
 */
import { basename, join } from "node:path";
import { setUp } from "./environment.ts";
import { executeNotebook } from "./execute.ts";
import { explain } from "./explain.ts";
import { writeWhole } from "./files.ts";
import {
  checkRunnable,
  chooseNotebooks,
  type NotebookFile,
  notebooksIn,
  readNotebook,
} from "./homework/notebook/load.ts";
import { readOptions, UsageError } from "./options.ts";
import { root } from "./paths.ts";
import { withPlainErrors } from "./process.ts";
import { Progress } from "./progress.ts";
import {
  claimsIn,
  digestOf,
  readRecord,
  type Record,
  recordPath,
  writeRecord,
} from "./replicate/record.ts";
import { page, seldom, tally } from "./replicate/table.ts";
import { bar } from "./table.ts";

const help = `deno task replicate [--seeds=N] [--page] [notebook ...]

  --seeds=N  how many replications of each notebook, 10 unless told; they are
             added to those on record, as long as the notebook's cells are the same
  --page     only write docs/replication.md from what is on record`;

const records = join(root, "docs", "replication");
/** The page that shows them. */
export const table = join(root, "docs", "replication.md");

const nameOf = (path: string) => basename(path, ".ipynb");

/** Runs one notebook once with fresh seeds and adds what it gave to its record. */
async function replicate(
  notebook: NotebookFile,
  environment: Awaited<ReturnType<typeof setUp>>,
  note: string,
): Promise<boolean> {
  const name = nameOf(notebook.path);
  // Far from the committed seeds, and from each other's.
  const first = 1000 *
    (1 + crypto.getRandomValues(new Uint32Array(1))[0] % 1e6);
  const folder = await Deno.makeTempDir({ prefix: "cnn-replicate-" });
  try {
    const progress = new Progress((done, total, seconds) =>
      `${name} ${note}  ${bar(done, total)} cells  ${seconds.toFixed(0)} s`
    );
    const copy = join(folder, "copy.ipynb");
    const run = await executeNotebook(notebook.path, environment, {
      copy,
      timeout: 3600,
      replication: first,
      onCell: (done, cells) => progress.update(done, cells),
    });
    progress.finish();
    const whole = !run.failure && !run.broken;
    if (!whole) {
      console.error(`With the seeds after ${first}:`);
      console.error(await explain(notebook, run));
    }
    const path = recordPath(records, name);
    // Read again: another replication may have ended meanwhile.
    const record = await readRecord(path, digestOf(notebook));
    if (whole) {
      const claims = claimsIn(await Deno.readTextFile(copy));
      record.replications.push({ first, claims });
    } else (record.broken ??= []).push(first); // the page must not hide it
    await writeRecord(path, record);
    return whole;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The records of all notebooks as they are now, in the order of their names. */
export async function readAll(): Promise<Map<string, Record>> {
  const all = new Map<string, Record>();
  for (const path of await notebooksIn(join(root, "notebooks"))) {
    const notebook = await readNotebook(path);
    const file = recordPath(records, nameOf(path));
    const record = await readRecord(file, digestOf(notebook));
    all.set(nameOf(path), record);
  }
  return all;
}

/** Writes the page; says what came out as said too seldom. */
async function conclude(): Promise<boolean> {
  const all = await readAll();
  await writeWhole(table, page(all));
  const bad = seldom(tally(all));
  for (const { notebook, claim, runs, agreed } of bad) {
    console.log(
      `${notebook}: "${claim.statement}" came out as said ${agreed} of ${runs} times: reword it, or make it larger`,
    );
  }
  return bad.length === 0;
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} An option that there is not, or no whole number.
 */
export function replicateOptions(args: readonly string[]) {
  const { values, positionals } = readOptions(
    "deno task replicate",
    args,
    {
      seeds: { type: "string", default: "10" },
      page: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    (why) => `deno task replicate: ${why}\n${help}`,
  );
  if (!/^[1-9]\d{0,3}$/.test(values.seeds)) {
    throw new UsageError(
      `deno task replicate: --seeds expects a whole number from 1 but found "${values.seeds}"\n${help}`,
    );
  }
  return { ...values, seeds: Number(values.seeds), positionals };
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const options = replicateOptions(Deno.args);
    if (options.help) {
      console.log(help);
      return 0;
    }
    let broken = 0;
    if (!options.page) {
      const paths = await chooseNotebooks(
        options.positionals,
        join(root, "notebooks"),
      );
      const notebooks = await Promise.all(paths.map(readNotebook));
      notebooks.forEach(checkRunnable);
      await Deno.mkdir(records, { recursive: true });
      const environment = await setUp();
      for (let turn = 1; turn <= options.seeds; turn++) {
        for (const notebook of notebooks) {
          const note = `${turn} of ${options.seeds}`;
          if (!await replicate(notebook, environment, note)) broken++;
        }
      }
    }
    const fine = await conclude();
    if (broken > 0) console.error(`${broken} replications broke.`);
    return fine && broken === 0 ? 0 : 1;
  });
}
