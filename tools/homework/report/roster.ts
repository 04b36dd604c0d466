/**
 * Points in the file that a learning platform exported, so that it imports them.
 *
 * Sources: Canvas Instructor Guide, "How do I import grades in the Gradebook?";
 * Moodle documentation, "Assignment settings", offline grading worksheet, and
 * "Grade import".
 */
import { parse } from "@std/csv";
import { NotebookError } from "../notebook/notebook.ts";
import type { SubmissionResult } from "../grade/result.ts";
import { sumPoints } from "../grade/result.ts";
import { byStudent, csvField, type Results } from "./class_report.ts";

/** A platform's file with the points filled in. */
export interface FilledRoster {
  readonly platform: "Canvas" | "Moodle";
  readonly csv: string;
  /** Students of the class who stand in no row. */
  readonly unknown: readonly string[];
}

/** How a platform's file is known, names students, and takes points. */
interface Platform {
  readonly name: FilledRoster["platform"];
  fits(head: readonly string[]): boolean;
  /** Columns that may hold what a student's folder is called. */
  readonly names: readonly string[];
  /** What a folder's name says beside itself: the platform's number. */
  numberIn(folder: string): string | undefined;
}

const platforms: readonly Platform[] = [
  {
    name: "Canvas",
    fits: (head) => head.includes("Student") && head.includes("Section"),
    names: ["ID", "SIS User ID", "SIS Login ID", "Student"],
    // "kimada_LATE_4711_99_hw1": the student's number is the first.
    numberIn: (folder) => /^[^_]+_(?:LATE_)?(\d+)_\d+(?:_|$)/.exec(folder)?.[1],
  },
  {
    name: "Moodle",
    fits: (head) =>
      head.includes("Grade") &&
      (head.includes("Identifier") || head.includes("Email address")),
    names: [
      ...["Identifier", "ID number", "Username", "Email address"],
      ...["Full name", "First name"],
    ],
    // "Kim Ada_123456_assignsubmission_file": the worksheet has "Participant 123456".
    numberIn: (folder) => {
      const number = /_(\d+)_assignsubmission_/.exec(`${folder}_`)?.[1];
      return number && `Participant ${number}`;
    },
  },
];

/**
 * Fills in the points of a class.
 *
 * Canvas: a column for each notebook, `02_convolution (1234)` where there is one of
 * that name, else a new one; Moodle's grading worksheet: the sum, in "Grade".
 * All other cells stay. A student without a submission keeps an empty cell.
 *
 * @param text The file as the platform exported it.
 * @throws {NotebookError} No table of Canvas or Moodle.
 */
export async function fillRoster(
  text: string,
  results: Results,
): Promise<FilledRoster> {
  const rows = parse(text.replace(/^\ufeff/, "")) as string[][];
  const head = (rows[0] ?? []).map((name) => name.trim());
  const platform = platforms.find(({ fits }) => fits(head));
  if (platform === undefined) {
    throw new NotebookError(
      `--roster expects Canvas's gradebook (columns Student, ID, Section) or Moodle's grading worksheet (Identifier, Grade) but found the columns ${
        head.slice(0, 8).join(", ") || "of an empty file"
      }: export it there as CSV`,
    );
  }
  const found = indexOf(rows, head, platform);
  const table = [head, ...rows.slice(1).map((row) => [...row])];
  const unknown: string[] = [];
  for await (const own of byStudent(results)) {
    const { student } = own[0];
    const number = platform.numberIn(student);
    const row = found.get(key(student)) ??
      (number === undefined ? undefined : found.get(key(number)));
    if (row === undefined) unknown.push(student);
    else if (platform.name === "Canvas") fillCanvas(table, row, own);
    else {
      const points = sumPoints(own.map((result) => result.points));
      table[row][head.indexOf("Grade")] = String(points);
    }
  }
  const width = table[0].length;
  const lines = table.map((row) =>
    Array.from({ length: width }, (_, i) => row[i] ?? "")
      .map(plainField).join(",")
  );
  return {
    platform: platform.name,
    csv: lines.join("\n") + "\n",
    unknown,
  };
}

/** A cell that came from the platform goes back as it is, formulas aside. */
function plainField(value: string): string {
  // Canvas writes "    Points Possible" and negative numbers: no formulas.
  return /^\s*-?[\d.]+\s*$|^\s*[\p{L}"(]/u.test(value)
    ? /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
    : csvField(value);
}

const key = (name: string) => name.trim().normalize("NFC").toLowerCase();

/** Rows by what stands in their columns of names; what stands twice names nobody. */
function indexOf(
  rows: readonly string[][],
  head: readonly string[],
  { names }: Platform,
): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (const name of names) {
    const column = head.indexOf(name);
    if (column < 0) continue;
    for (let i = 1; i < rows.length; i++) {
      const value = key(rows[i][column] ?? "");
      if (value === "" || /^points possible$/.test(value)) continue;
      if (found.has(value) && found.get(value) !== i) twice.add(value);
      found.set(value, i);
    }
  }
  for (const value of twice) found.delete(value);
  return found;
}

/** Puts a student's notebooks into their columns, which are made where needed. */
function fillCanvas(
  table: string[][],
  row: number,
  own: readonly SubmissionResult[],
): void {
  const [head] = table;
  for (const { notebook, points, maxPoints } of own) {
    let column = head.findIndex((name) =>
      name === notebook || name.replace(/ \(\d+\)$/, "") === notebook
    );
    if (column < 0) {
      column = head.push(notebook) - 1;
      const possible = table.find((line, i) =>
        i > 0 && /^\s*points possible/i.test(line[0] ?? "")
      );
      if (possible) possible[column] = String(maxPoints);
    }
    table[row][column] = String(points);
  }
}
