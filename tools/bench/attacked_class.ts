/**
 * `deno run -A tools/bench/attacked_class.ts [honest]`: a class with ten attackers of
 * different kinds, beside the class without them. 30 honest students unless told.
 */
import { join } from "node:path";
import { findSubmissions } from "../homework/grade/find_submissions.ts";
import { gradeClass } from "../homework/grade/grade_class.ts";
import { tenAttackers } from "../homework/fuzz/ten.ts";
import { prepareAssignment } from "../homework/notebook/assignment.ts";
import { formatNotebook } from "../homework/notebook/format.ts";
import { loadNotebook } from "../homework/notebook/load.ts";
import type { Cell } from "../homework/notebook/notebook.ts";
import { root } from "../paths.ts";
import { classProgress } from "../homework/commands/grade_and_report.ts";
import { textTable } from "../table.ts";

const name = "02_convolution";
const honest = Number(Deno.args[0] ?? 30);
if (!Number.isInteger(honest) || honest < 1) {
  console.error(
    `attacked_class expects a whole number of honest students but found "${
      Deno.args[0]
    }"`,
  );
  Deno.exit(2);
}
const { notebook } = await loadNotebook(
  join(root, "notebooks", `${name}.ipynb`),
);
const assignment = prepareAssignment(name, notebook);

/**
 * Processor seconds from now on, of this process and of those that it started and
 * that have ended: on a busy machine the clock counts what others do. 0 but on Linux.
 */
function processorClock(): () => number {
  if (Deno.build.os !== "linux") return () => 0;
  const now = () => {
    const stat = Deno.readTextFileSync("/proc/self/stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.slice(11, 15).reduce((sum, t) => sum + Number(t) / 100, 0);
  };
  const begin = now();
  return () => now() - begin;
}

/** Grades a class; tells when the last honest student was done, and when all were. */
async function measure(attackers: readonly string[]) {
  const folder = await Deno.makeTempDir({ prefix: "attacked_class_" });
  const write = async (student: string, source: string): Promise<void> => {
    const own: Cell = { type: "code", id: "own", source, metadata: {} };
    const text = formatNotebook({
      ...notebook,
      cells: [...notebook.cells, own],
    });
    await Deno.mkdir(join(folder, "in", student), { recursive: true });
    await Deno.writeTextFile(
      join(folder, "in", student, `${name}.ipynb`),
      text,
    );
  };
  try {
    for (let i = 0; i < honest; i++) {
      await write(`s${i} honest`, `const student = ${i};`);
    }
    for (const [i, source] of attackers.entries()) {
      await write(`s${i * 3} attacker`, source); // among the others
    }
    const { submissions } = await findSubmissions(join(folder, "in"), [name]);
    const progress = classProgress(); // minutes without a word look like a stop
    let last = 0;
    let lastUsed = 0;
    const used = processorClock();
    const begin = performance.now();
    const seconds = () => (performance.now() - begin) / 1000;
    const results = await gradeClass([assignment], submissions, {
      firstLook: 2, // as the command takes it for this notebook
      results: join(folder, "results"),
      onProgress: (done, total, student) => {
        progress.update(done, total, student);
        if (!student.endsWith("honest")) return;
        last = seconds();
        lastUsed = used();
      },
    });
    progress.finish();
    const full = results.filter(({ student, points, maxPoints }) =>
      student.endsWith("honest") && points === maxPoints
    );
    return { last, lastUsed, all: seconds(), full: full.length };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const row = (
  label: string,
  { last, lastUsed, all, full }: Awaited<ReturnType<typeof measure>>,
) => [
  label,
  `${full} of ${honest}`,
  last.toFixed(1),
  lastUsed.toFixed(1),
  all.toFixed(1),
];
const without = await measure([]);
const attacked = await measure(Object.values(tenAttackers));
console.log(textTable(
  [
    "class",
    "honest with all points",
    "their seconds",
    "of a processor",
    "all seconds",
  ],
  [row("without attackers", without), row("with ten attackers", attacked)],
));
console.log(
  `The honest ones have their points after ${
    (attacked.last / without.last).toFixed(2)
  } times as long, and ${
    (attacked.lastUsed / without.lastUsed).toFixed(2)
  } times the processor's time.`,
);
