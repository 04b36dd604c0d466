/** Grading a class that was found, and its reports: what all ways of grading share. */
import { join } from "node:path";
import type { Assignment } from "../notebook/assignment.ts";
import type { FoundClass } from "../grade/find_submissions.ts";
import { checkAssignment, gradeEach } from "../grade/grade_class.ts";
import type { ClassCounts } from "../report/class_report.ts";
import { type Part, placesOf, writePart } from "../report/part.ts";
import { reportPaths, writeReports } from "../report/reports.ts";
import { anonymous, idsOf, namesFile, namesText } from "../report/anonymous.ts";
import { readIfThere } from "../../files.ts";
import { fillRoster } from "../report/roster.ts";
import { Spool } from "../report/spool.ts";
import type { Limits } from "../sandbox/limits.ts";
import { killAll } from "../sandbox/locked_process.ts";
import { prepareSandbox } from "../sandbox/sandbox_files.ts";
import { OwnFolder } from "../../own_folder.ts";
import { Progress } from "../../progress.ts";
import { bar, textTable } from "../../table.ts";

/** Signals that end a grading, with the status that a shell expects; Windows has the first. */
const signals = Deno.build.os === "windows"
  ? { SIGINT: 130 }
  : { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** How to grade and where the reports go. */
export interface Settings {
  readonly out: string;
  readonly jobs: number;
  readonly limits: Limits;
  /** Students who are graded anew, whatever was saved. */
  readonly again?: ReadonlySet<string>;
  /** A platform's file, to be filled in. */
  readonly roster?: string;
  /** Reports under ids instead of names. */
  readonly anonymous?: boolean;
  /** The part of the class that this run grades. */
  readonly part?: Part;
  /** Called with the place of a submission in the class, and a sum of what was graded. */
  readonly onRead?: (place: number, sum: string) => void;
}

/**
 * Grades a class, writes its reports, and prints a summary.
 *
 * @returns The results, in the order of the class; to be closed.
 */
export async function gradeAndReport(
  assignments: readonly Assignment[],
  found: FoundClass,
  settings: Settings,
): Promise<Spool> {
  const { out, jobs, limits, again, part, roster } = settings;
  endWithSignals();
  let slowest = 1;
  for (const assignment of assignments) {
    const begin = performance.now();
    await checkAssignment(assignment, limits);
    slowest = Math.max(slowest, (performance.now() - begin) / 1000);
  }
  const places = placesOf(found.submissions, part);
  const submissions = places.map((place) => found.submissions[place]);
  const students = submissions.map(({ student }) => student);
  const ids = settings.anonymous
    ? idsOf(students, await readIfThere(join(out, namesFile)))
    : undefined;
  if (part === undefined) {
    // Now and not after an hour of grading.
    await (await OwnFolder.open("grade", out)).checkFree(
      ids ? [namesFile, ...reportPaths(ids.values())] : reportPaths(students),
    );
  }
  const spool = await Spool.open();
  const progress = classProgress();
  await gradeEach(assignments, submissions, {
    jobs,
    limits,
    again,
    firstLook: slowest * 2, // longer than the instructor's solutions take: alone
    results: join(out, "results"),
    onRead: (index, sum) => settings.onRead?.(places[index], sum),
    onProgress: (done, total, name) => progress.update(done, total, name),
  }, (index, result) => spool.add(places[index], result));
  progress.finish();
  if (part === undefined) {
    if (ids) await writeNames(out, ids);
    const counts = await writeReports(
      out,
      ids ? { [Symbol.asyncIterator]: () => anonymous(spool, ids) } : spool,
      ids ? [] : found.ignored, // those tell names
    );
    console.log(summary(counts, found.ignored));
    console.log(`\nReports: ${out}`);
    if (roster !== undefined) await writeRoster(out, roster, spool);
  } else {
    const { version } = await prepareSandbox();
    await writePart(out, part, { version, assignments, found, limits, spool });
    console.log(
      `Part ${part.number} of ${part.of}, ${places.length} submissions: ${out}\nWhen all are there: deno task homework merge PART ... --out DIR`,
    );
  }
  return spool;
}

/** Writes the list that tells who is who. */
async function writeNames(
  out: string,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const folder = await OwnFolder.open("grade", out);
  await folder.write(namesFile, namesText(ids));
  await folder.close();
}

/** Writes upload.csv: the platform's own file with the points. */
async function writeRoster(
  out: string,
  roster: string,
  spool: Spool,
): Promise<void> {
  const { platform, csv, unknown } = await fillRoster(roster, spool);
  const folder = await OwnFolder.open("grade", out);
  await folder.write("upload.csv", csv);
  await folder.close();
  console.log(`For ${platform}: ${join(out, "upload.csv")}`);
  for (const name of unknown) {
    console.log(`In no row of ${platform}'s file: ${harmless(name)}`);
  }
}

/** Ends students' processes with ours. */
function endWithSignals(): void {
  for (const [signal, status] of Object.entries(signals)) {
    Deno.addSignalListener(signal as Deno.Signal, () => {
      killAll();
      console.error("\nStopped; the same command goes on from here.");
      Deno.exit(status);
    });
  }
}

/** A name that steers neither a terminal nor the log of a workflow. */
export const harmless = (name: string): string =>
  name.replaceAll(
    // deno-lint-ignore no-control-regex -- these are what is taken out
    /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    "?",
  ).toWellFormed();

/** A class's progress, with the time that is left and who was the last. */
export function classProgress(): Progress {
  return new Progress((done, total, seconds, name) => {
    const left = Math.ceil(seconds / done * (total - done));
    return `${bar(done, total)}  ${left} s left  ${
      harmless(name).slice(0, 30)
    }`;
  });
}

/** What a class got, for the terminal. */
export function summary(
  { notebooks, mistakes }: ClassCounts,
  ignored: readonly string[],
): string {
  const rows = [...notebooks].map(([notebook, counts]) => {
    const { graded, unreadable, missing, points, maxPoints } = counts;
    const mean = graded > 0 ? (points / graded).toFixed(1) : "";
    return [notebook, graded, unreadable, missing, mean, maxPoints];
  });
  const heads = ["notebook", "graded", "unreadable", "missing", "mean", "of"];
  const most = mistakes.slice(0, 8).map((m) => [
    m.notebook,
    m.exercise,
    m.mistake,
    m.students,
  ]);
  return [
    textTable(heads, rows),
    ...(most.length > 0
      ? [
        "\nMost frequent mistakes\n" +
        textTable(["notebook", "exercise", "mistake", "students"], most),
      ]
      : []),
    ...ignored.map((line) => `Ignored: ${harmless(line)}`),
  ].join("\n");
}
