/** `deno task homework similar DIR --out DIR`: for the instructor's eyes. */
import { join } from "node:path";
import { findSubmissions } from "../grade/find_submissions.ts";
import { ReadProcess } from "../grade/read_process.ts";
import { planSubmission } from "../grade/submission.ts";
import { readSubmission } from "../grade/read_submission.ts";
import type { Assignment } from "../notebook/assignment.ts";
import type { FoundSubmission } from "../grade/find_submissions.ts";
import { NotebookError } from "../notebook/notebook.ts";
import { studentVersion } from "../notebook/strip.ts";
import { similarPage } from "../report/similar_page.ts";
import { defaultLimits } from "../sandbox/limits.ts";
import { prepareSandbox } from "../sandbox/sandbox_files.ts";
import { type SimilarPair, similarPairs, type Work } from "../similar/pairs.ts";
import { OwnFolder } from "../../own_folder.ts";
import { fromUser, root } from "../../paths.ts";
import { textTable } from "../../table.ts";
import { chooseAssignments, submissionsFolder } from "./grade.ts";
import { harmless } from "./grade_and_report.ts";
import { outFolder, readOptions, wholeNumber } from "./options.ts";

/** Writes similar.html; nothing of it goes into feedback or grades. */
export async function similarCommand(args: string[]): Promise<number> {
  const options = readOptions("similar", args, {
    out: { type: "string" },
    source: { type: "string" },
    notebook: { type: "string", multiple: true },
    least: { type: "string" },
  });
  const { values } = options;
  const folder = await submissionsFolder("similar", options.positionals);
  const out = outFolder("similar", values);
  const least = wholeNumber("similar", options, "least", {
    otherwise: 50,
    high: 100,
  });
  const source = values.source === undefined
    ? join(root, "notebooks")
    : fromUser(values.source);
  const named = values.notebook?.map(fromUser);
  const { assignments, known } = await chooseAssignments(folder, {
    named,
    source,
  });
  const reports = await OwnFolder.open("similar", out, {
    folders: { "the folder of submissions": folder },
    files: named ?? [],
  });
  await reports.checkFree(["similar.html"]);
  const names = assignments.map(({ name }) => name);
  const { submissions } = await findSubmissions(folder, names, known);
  const found: [string, SimilarPair[]][] = [];
  const reader = new ReadProcess(await prepareSandbox(), defaultLimits);
  try {
    for (const assignment of assignments) {
      const own = submissions.filter((s) => s.notebook === assignment.name);
      const works = await worksOf(assignment, own, reader);
      const given = studentVersion(assignment.notebook).cells
        .filter(({ type }) => type === "code").map(({ source }) => source);
      found.push([assignment.name, similarPairs(works, given, least / 100)]);
    }
  } finally {
    await reader.close();
  }
  await reports.write("similar.html", similarPage(found, least));
  await reports.close();
  const rows = found.flatMap(([notebook, pairs]) =>
    pairs.slice(0, 20).map(({ left, right, share }) =>
      [notebook, left, right].map(harmless).concat(
        `${Math.round(100 * share)} %`,
      )
    )
  );
  console.log(
    rows.length === 0
      ? `No two submissions have ${least} % of their own code in common.`
      : textTable(["notebook", "one", "other", "in common"], rows),
  );
  console.log(`\nTo look at, not a verdict: ${join(out, "similar.html")}`);
  return 0;
}

/** What each student wrote: the cells that grading would run. */
async function worksOf(
  { notebook: instructor, exercises }: Assignment,
  submissions: readonly FoundSubmission[],
  reader: ReadProcess,
): Promise<Work[]> {
  const works: Work[] = [];
  for (const { student, path, entry } of submissions) {
    if (path === undefined) continue;
    const bytes = await readSubmission(path, entry);
    if (typeof bytes === "string") continue; // grading says why
    try {
      const notebook = await reader.notebook(bytes);
      const cells = planSubmission(instructor, exercises, notebook).cells
        .filter(({ place }) => place > 0).map(({ source }) => source);
      works.push({ name: student, cells });
    } catch (error) {
      if (!(error instanceof NotebookError)) throw error;
    }
  }
  return works;
}
