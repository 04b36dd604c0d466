/**
 * `deno run -A tools/bench/grading.ts [submissions] [nbgrader's]`: seconds a
 * submission of 02_convolution, ours beside nbgrader's on the same machine.
 *
 * The submissions are a mix: right, stubs, a mistake, a syntax error; all
 * different, so that nothing is taken over.
 */
import { join } from "node:path";
import { prepareAssignment } from "../homework/notebook/assignment.ts";
import { findSubmissions } from "../homework/grade/find_submissions.ts";
import { gradeEach } from "../homework/grade/grade_class.ts";
import { loadNotebook } from "../homework/notebook/load.ts";
import { stampNotebook } from "../homework/notebook/nbgrader.ts";
import { formatNotebook } from "../homework/notebook/format.ts";
import type { Cell, Notebook } from "../homework/notebook/notebook.ts";
import { root } from "../paths.ts";
import { studentVersion } from "../homework/notebook/strip.ts";
import { textTable } from "../table.ts";
import { classProgress } from "../homework/commands/grade_and_report.ts";
import { makeCourse, setUpNbgrader } from "./nbgrader.ts";

const name = "02_convolution";

/** The submission of student `i`. */
function submission(instructor: Notebook, i: number): Notebook {
  const own: Cell = {
    type: "code",
    id: `own-${i}`,
    source: `const student${i} = ${i};`,
    metadata: {},
  };
  const base = i % 4 === 1 ? studentVersion(instructor) : instructor;
  const cells = base.cells.map((cell) => {
    if (cell.id !== "exercise-2-3") return cell;
    if (i % 4 === 2) {
      return { ...cell, source: `${cell.source}\nconst broken = ;` };
    }
    if (i % 4 === 3) {
      return { ...cell, source: cell.source.replace("+=", "-=") };
    }
    return cell;
  });
  return stampNotebook({ ...base, cells: [...cells, own] });
}

async function write(path: string, notebook: Notebook): Promise<void> {
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(path, formatNotebook(notebook));
}

const [count = 200, countNbgrader = 4] = Deno.args.map((text) => {
  if (/^\d+$/.test(text)) return Number(text);
  console.error(
    `bench expects two whole numbers, submissions for us and for nbgrader, but found "${text}"`,
  );
  Deno.exit(2);
});
const { notebook } = await loadNotebook(
  join(root, "notebooks", `${name}.ipynb`),
);
const course = await makeCourse("bench");
try {
  for (let i = 0; i < count; i++) {
    const student = `student${String(i).padStart(4, "0")}`;
    await write(
      join(course, "ours", student, `${name}.ipynb`),
      submission(notebook, i),
    );
  }
  const begin = performance.now();
  const { submissions } = await findSubmissions(join(course, "ours"), [name]);
  const progress = classProgress();
  const points: number[] = [];
  let early = 0; // MB after a tenth, to hold the rest against
  let high = 0;
  await gradeEach(
    [prepareAssignment(name, notebook)],
    submissions,
    {
      results: join(course, "results"),
      onProgress: (done, total, name) => {
        progress.update(done, total, name);
        const megabytes = Deno.memoryUsage().rss / 1e6;
        high = Math.max(high, megabytes);
        if (done <= total / 10) early = high;
      },
    },
    (index, result) => {
      points[index] = result.points;
    },
  );
  progress.finish();
  const ours = (performance.now() - begin) / 1000 / count;
  console.log(
    `Memory: ${early.toFixed(0)} MB at most in the first tenth, ${
      high.toFixed(0)
    } MB in all`,
  );
  console.log(`Points of the first four: ${points.slice(0, 4).join(", ")}`);

  const rows: (string | number)[][] = [["ours", count, ours.toFixed(2)]];
  if (countNbgrader > 0) {
    const nbgrader = await setUpNbgrader();
    await write(join(course, "source/ps1", `${name}.ipynb`), notebook);
    await nbgrader.run(course, ["generate_assignment", "ps1"]);
    for (let i = 0; i < countNbgrader; i++) {
      await write(
        join(course, "submitted", `student${i}`, "ps1", `${name}.ipynb`),
        submission(notebook, i),
      );
    }
    const begin = performance.now();
    await nbgrader.run(course, ["autograde", "ps1"]);
    const theirs = (performance.now() - begin) / 1000 / countNbgrader;
    rows.push(["nbgrader autograde", countNbgrader, theirs.toFixed(2)]);
    console.log(`nbgrader takes ${(theirs / ours).toFixed(1)} times as long`);
  }
  console.log(textTable(["grader", "submissions", "seconds each"], rows));
} finally {
  await Deno.remove(course, { recursive: true });
}
