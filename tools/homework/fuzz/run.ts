/** Classes with odd students among honest ones, graded as an instructor would. */
import { join } from "node:path";
import { readIfThere, sha256 } from "../../files.ts";
import { root } from "../../paths.ts";
import { removeLocked } from "../sandbox/lost_folder.ts";
import { type Attacker, attackerOf } from "./attacker.ts";

/** Odd students in one class: more would hide each other, fewer take longer. */
const together = 8;

const honest = ["aa_honest", "mm_honest", "zz_honest"];

/** What to grade. */
export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** The instructor's notebook. */
  readonly notebook: string;
  readonly onClass?: (done: number) => void;
}

/**
 * Grades `count` odd students, some in each class.
 *
 * @returns What is wrong, in lines that name seeds; none where all is well.
 */
export async function fuzzHomework(
  { seed, count, notebook, onClass }: FuzzOptions,
): Promise<string[]> {
  const text = await Deno.readTextFile(notebook);
  const file = notebook.slice(notebook.lastIndexOf("/") + 1);
  const draw = (seed: number) => attackerOf(seed, { notebook: text, file });
  const grade = (attackers: readonly Attacker[]) =>
    gradeClassOf(attackers, { text, file, notebook });
  const expected = (await grade([])).rows;
  const problems: string[] = [];
  for (let done = 0; done < count; done += together) {
    const seeds = Array.from(
      { length: Math.min(together, count - done) },
      (_, i) => seed + done + i,
    );
    const found = wrongWith(await grade(seeds.map(draw)), expected);
    for (const one of found.length > 0 ? seeds : []) {
      const alone = wrongWith(await grade([draw(one)]), expected);
      problems.push(
        ...alone.map((line) => `${one} (${draw(one).what}): ${line}`),
      );
    }
    if (found.length > 0 && problems.length === 0) {
      problems.push(...found.map((line) => `${seeds} together: ${line}`));
    }
    onClass?.(done + seeds.length);
  }
  return problems;
}

interface Graded {
  readonly code: number;
  readonly printed: string;
  /** Rows of grades.csv of the honest students. */
  readonly rows: readonly string[];
  readonly longestField: number;
  readonly students: number;
  readonly ignored: number;
  readonly folders: number;
  readonly changed: boolean;
  readonly scripts: boolean;
}

/** Writes a class, grades it by the command, and tells what came of it. */
async function gradeClassOf(
  attackers: readonly Attacker[],
  { text, file, notebook }: { text: string; file: string; notebook: string },
): Promise<Graded> {
  const folder = await Deno.makeTempDir({ prefix: "homework_fuzz_" });
  try {
    const [into, out] = [join(folder, "in"), join(folder, "out")];
    for (const student of honest) {
      await Deno.mkdir(join(into, student), { recursive: true });
      await Deno.writeTextFile(join(into, student, file), text);
    }
    for (const { write } of attackers) await write(into);
    const before = await stateOf(into);
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check"],
        join(root, "tools/homework/commands/main.ts"),
        ...["grade", into, "--out", out, "--notebook", notebook],
        ...["--seconds", "2", "--memory", "400"],
      ],
      cwd: root,
      env: { NO_COLOR: "1" },
    });
    const { code, stdout, stderr } = await command.output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const csv = await readIfThere(join(out, "grades.csv")) ?? "";
    const json = JSON.parse(
      await readIfThere(join(out, "grades.json")) ??
        '{"students": [], "ignored": []}',
    );
    const fields = csv.match(/"(?:[^"]|"")*"|[^,\n]+/g) ?? [];
    return {
      code,
      printed: decode(stdout) + decode(stderr),
      rows: csv.split("\n").filter((line) => /^\w\w_honest,/.test(line)),
      longestField: Math.max(0, ...fields.map((field) => field.length)),
      students: json.students.length,
      ignored: json.ignored.length,
      folders: [...Deno.readDirSync(into)].length,
      changed: await stateOf(into) !== before,
      scripts: await anyScript(join(out, "feedback")),
    };
  } finally {
    await removeLocked(folder);
  }
}

function wrongWith(graded: Graded, expected: readonly string[]): string[] {
  const last = graded.printed.trim().split("\n").at(-1) ?? "";
  const control = graded.printed.search(
    // deno-lint-ignore no-control-regex -- what a terminal would obey
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/,
  );
  const lines: [boolean, string][] = [
    [graded.code !== 0, `ended with status ${graded.code}: ${last}`],
    [
      JSON.stringify(graded.rows) !== JSON.stringify(expected),
      `the honest rows are ${JSON.stringify(graded.rows)}`,
    ],
    [
      control >= 0,
      `printed ${
        JSON.stringify(graded.printed.slice(control - 20, control + 20))
      }`,
    ],
    [/^::/m.test(graded.printed), "printed a workflow's command"],
    [
      graded.longestField > 32_767,
      "a field is longer than a spreadsheet bears",
    ],
    [
      graded.students + graded.ignored < graded.folders,
      `${graded.folders} folders are ${graded.students} students and ${graded.ignored} lines`,
    ],
    [graded.changed, "the submissions are not as they were"],
    [graded.scripts, "a page holds a tag of the student's"],
  ];
  return lines.filter(([wrong]) => wrong).map(([, line]) => line);
}

/** All that can be read below a folder, as one sum. */
async function stateOf(folder: string): Promise<string> {
  const lines: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for await (const { name } of Deno.readDir(path)) {
      const below = join(path, name);
      const info = await Deno.lstat(below).catch(() => undefined); // no UTF-8
      lines.push(
        `${below} ${info?.mode} ${info?.size} ${info?.mtime?.getTime()}`,
      );
      if (info?.isDirectory) await walk(below).catch(() => {}); // locked
    }
  };
  await walk(folder);
  return sha256(lines.sort().join("\n"));
}

async function anyScript(folder: string): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const page = await Deno.readTextFile(join(folder, name));
      if (/<(script|img|iframe|a )/i.test(page)) return true;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}
