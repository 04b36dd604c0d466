/** `deno task homework merge PART ... --out DIR`. */
import { UsageError } from "../../options.ts";
import { OwnFolder } from "../../own_folder.ts";
import { fromUser } from "../../paths.ts";
import { readParts } from "../report/part.ts";
import { writeReports } from "../report/reports.ts";
import { Spool } from "../report/spool.ts";
import { summary } from "./grade_and_report.ts";
import { outFolder, readOptions } from "./options.ts";

/** Makes the reports of a class from the parts that were graded apart. */
export async function mergeCommand(args: string[]): Promise<number> {
  const { values, positionals } = readOptions("merge", args, {
    out: { type: "string" },
  });
  const out = outFolder("merge", values);
  if (positionals.length === 0) {
    throw new UsageError(
      "merge expects the folders that grade --part wrote, all of them",
    );
  }
  const parts = positionals.map(fromUser);
  await OwnFolder.open("merge", out, {
    folders: Object.fromEntries(
      parts.map((path) => [`the part ${path}`, path]),
    ),
  });
  const spool = await Spool.open();
  try {
    const ignored = await readParts(parts, spool);
    const counts = await writeReports(out, spool, ignored);
    console.log(summary(counts, ignored));
    console.log(`\nReports: ${out}`);
  } finally {
    await spool.close();
  }
  return 0;
}
