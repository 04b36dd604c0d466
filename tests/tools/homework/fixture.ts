/** The fixture notebook, edited as a student would, and graded. */
import {
  type Cell,
  defaultLimits,
  type ExerciseResult,
  formatNotebook,
  gradeSubmission,
  type Limits,
  type Notebook,
  parseNotebook,
  prepareAssignment,
  prepareSandbox,
  type SubmissionResult,
  withGrader,
} from "cnn/homework";

export const fixturePath = new URL(
  "../../fixtures/homework/90_fixture.ipynb",
  import.meta.url,
);
export const instructor: Notebook = parseNotebook(
  Deno.readFileSync(fixturePath),
);
export const assignment = prepareAssignment("90_fixture", instructor);

/** Sources by cell id: each replaces a cell of the instructor's notebook. */
export type Edits = Record<string, string>;

/** The cell of an exercise with one wrong answer, for attacks that want points. */
export const wrongLength = `function myOutputLength(length) { return length; }`;

/** The notebook with some cells replaced and some appended. */
export function edited(edits: Edits, added: readonly string[] = []): Notebook {
  for (const id of Object.keys(edits)) {
    if (!instructor.cells.some((cell) => cell.id === id)) {
      throw new Error(`edited() found no cell ${id}`);
    }
  }
  const cells = instructor.cells.map((cell) =>
    cell.id !== undefined && cell.id in edits
      ? { ...cell, source: edits[cell.id] }
      : cell
  );
  const extra = added.map((source, i): Cell => ({
    type: "code",
    id: `added-${i}`,
    source,
    metadata: {},
  }));
  return { ...instructor, cells: [...cells, ...extra] };
}

/** Grades one notebook in fresh processes. */
export async function grade(
  notebook: Notebook,
  limits: Partial<Limits> = {},
): Promise<SubmissionResult> {
  const all = { ...defaultLimits, ...limits };
  return await withGrader(
    await prepareSandbox(),
    all,
    (grader) =>
      gradeSubmission(assignment, { student: "ann", notebook }, grader),
  );
}

/** The result of one exercise. */
export function exercise(result: SubmissionResult, id: string): ExerciseResult {
  return result.exercises.find((e) => e.id === id)!;
}

/** Puts notebooks into a folder as a class hands them in. */
export async function handIn(
  folder: string,
  files: Record<string, Notebook | string | Uint8Array>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = `${folder}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), {
      recursive: true,
    });
    if (content instanceof Uint8Array) await Deno.writeFile(target, content);
    else {
      const text = typeof content === "string"
        ? content
        : formatNotebook(content);
      await Deno.writeTextFile(target, text);
    }
  }
}

/** Runs `test` with a new folder that is removed afterwards. */
export async function withFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "homework_test_" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Running processes whose command line holds `words`, from Linux's /proc. */
export function processes(words: string): { pid: string; parent: number }[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name: pid }) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
      const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
      const parent = Number(stat.split(") ").at(-1)!.split(" ")[1]);
      return line.includes(words) ? [{ pid, parent }] : [];
    } catch {
      return []; // it ended while we looked
    }
  });
}
