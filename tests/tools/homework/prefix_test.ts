/** A notebook that imports rooms with prefixes, as the course's do, graded. */
import { assertEquals } from "@std/assert";
import {
  defaultLimits,
  gradeSubmission,
  type Notebook,
  prepareAssignment,
  prepareSandbox,
  withGrader,
} from "cnn/homework";
import { instructor, wrongLength } from "./fixture.ts";

/** The fixture with the course's three lines of imports. */
const notebook: Notebook = {
  ...instructor,
  cells: instructor.cells.map((cell) => {
    if (cell.type !== "code") return cell;
    const source = cell.id === "setup"
      ? [
        'import * as cnn from "cnn";',
        'import { show } from "cnn/notebook";',
        'import * as plot from "cnn/plot";',
      ].join("\n")
      : cell.source.replaceAll(/\b(check\w+|zeros)\(/g, "cnn.$1(")
        .replaceAll(/\bTensor\b/g, "cnn.Tensor");
    return { ...cell, source };
  }),
};
const assignment = prepareAssignment("90_fixture", notebook);

/** The points of each exercise, `before` standing before the cell of 90.1. */
async function points(before: string, length?: string): Promise<number[]> {
  const cells = notebook.cells.map((cell) =>
    cell.id === "exercise-90-1"
      ? { ...cell, source: `${before}\n${length ?? cell.source}` }
      : cell
  );
  const files = await prepareSandbox();
  const submission = { student: "ann", notebook: { ...notebook, cells } };
  const { exercises } = await withGrader(
    files,
    defaultLimits,
    (grader) => gradeSubmission(assignment, submission, grader),
  );
  return exercises.map(({ points }) => points);
}

Deno.test("gradeSubmission() gives all points where names come behind a prefix", async () => {
  assertEquals(await points(""), [1, 3, 2, 2]);
});

Deno.test("a student may import what the setup does not, by rooms and by names", async () => {
  const own = `
    import { outputLength } from "cnn/layers";
    import * as networks from "cnn/networks";
    import { at } from "cnn";`;
  const length = `
    function myOutputLength(length, options) {
      if (networks.describe(networks.lenet()).parameters !== 61706) return 0;
      if (at(cnn.tensor([[1, 2]]), 0, 1) !== 2 || plot.percent(1) === "") return 0;
      return outputLength(length, options);
    }`;
  assertEquals(await points(own, length), [1, 3, 2, 2]);
});

Deno.test("a student's own cnn is not the one that checks", async () => {
  const fake = `
    var cnn = new Proxy(cnn, { get: (target, name) =>
      String(name).startsWith("check") ? async () => {} : target[name] });
    var show = async () => {}, plot = undefined;`;
  assertEquals(await points(fake, wrongLength), [0, 3, 2, 2]);
});
