/**
 * Every notebook of the course can be assigned: its solutions get all points,
 * its students' version none. Trains small networks, so it is no unit test.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  defaultLimits,
  exercisesOf,
  gradeSubmission,
  parseNotebook,
  prepareAssignment,
  prepareSandbox,
  studentVersion,
  withGrader,
} from "cnn/homework";
import { unzipSync } from "fflate";
import {
  loadNotebook,
  notebookPaths,
} from "../../../tools/homework/notebook/load.ts";
import { release } from "../../../tools/homework/release/release.ts";
import { root } from "../../../tools/paths.ts";
import { stampText } from "../../../tools/homework/notebook/nbgrader.ts";
import { handIn, withFolder } from "./fixture.ts";

for (const path of await notebookPaths(join(root, "notebooks"))) {
  const name = path.split(/[\\/]/).at(-1)!.replace(".ipynb", "");
  const bytes = await Deno.readFile(path);
  const notebook = parseNotebook(bytes);

  Deno.test(`${name} has exercises with complete marks`, () => {
    assert(exercisesOf(notebook).length > 0);
    const text = new TextDecoder().decode(bytes);
    assertEquals(
      JSON.parse(stampText(text)),
      JSON.parse(text),
      "run: deno task homework stamp",
    );
  });

  Deno.test(`${name} can be graded`, async () => {
    const files = await prepareSandbox();
    const limits = { ...defaultLimits, seconds: 120 }; // other work may run beside
    const assignment = prepareAssignment(name, notebook);
    await withGrader(files, limits, async (grader) => {
      const grade = (handedIn: typeof notebook) =>
        gradeSubmission(
          assignment,
          { student: "", notebook: handedIn },
          grader,
        );
      const solved = await grade(notebook);
      assertEquals(
        solved.exercises.filter((e) => e.status !== "passed").map((e) => [
          e.id,
          e.mistake,
          e.details,
        ]),
        [],
      );
      assertEquals(solved.points, solved.maxPoints);
      const stubs = await grade(studentVersion(notebook));
      assertEquals(stubs.points, 0);
    });
  });
}

/** Wrong answers to the exercises of A_training, and how each is named. */
const wrongAnswers: Record<string, [mistake: string, source: string]> = {
  "exercise-A-1": [
    "uphill instead of downhill",
    "function weightByHand() { return 2.6; }",
  ],
  "exercise-A-2": [
    "epochs run into each other",
    "function stepsPredicted() { return Math.ceil(4 * 1030 / 64); }",
  ],
  "exercise-A-3": [
    "sum instead of mean over the batch",
    `function myGradient(logits, labels) {
      const powers = cnn.map(logits, Math.exp);
      const sums = cnn.sum(powers, [1]);
      return cnn.map(powers, (power, row, k) =>
        power / sums.data[row] - (labels[row] === k ? 1 : 0));
    }`,
  ],
  "exercise-A-4": [
    "the old velocity moves the weights",
    `function myMomentum(weights, gradient, velocity, { learningRate, momentum }) {
      const sum = (x, y, times) => ({
        shape: x.shape,
        data: x.data.map((value, i) => value + times * y.data[i]),
      });
      return {
        weights: sum(weights, velocity, -learningRate),
        velocity: sum(gradient, velocity, momentum),
      };
    }`,
  ],
  "exercise-A-5": [
    "measured on the training pictures",
    `async function mySweep(rates, train) {
      const accuracies = [];
      for (const learningRate of rates) {
        const network = cnn.buildNetwork(cnn.mlp({ hidden: [32] }), { seed: 1 });
        const options = { optimizer: "sgd", learningRate };
        const trainer = cnn.scratchTrainer(network, options);
        await cnn.fit(trainer, train, { epochs: 3, batchSize: 25, seed: 1 });
        accuracies.push((await cnn.evaluate(trainer, train)).accuracy);
      }
      const best = rates[accuracies.indexOf(Math.max(...accuracies))];
      return { accuracies, best };
    }`,
  ],
  "exercise-A-6": [
    "the best test run",
    "function myReport(runs) { return Math.max(...runs.map((r) => r.test)); }",
  ],
};

Deno.test("wrong answers in A_training get no points, and each its name", async () => {
  const path = join(root, "notebooks", "A_training.ipynb");
  const notebook = parseNotebook(await Deno.readFile(path));
  const cells = notebook.cells.map((cell) =>
    cell.id !== undefined && cell.id in wrongAnswers
      ? { ...cell, source: wrongAnswers[cell.id][1] }
      : cell
  );
  const files = await prepareSandbox();
  const limits = { ...defaultLimits, seconds: 120 };
  await withGrader(files, limits, async (grader) => {
    const { points, exercises } = await gradeSubmission(
      prepareAssignment("A_training", notebook),
      { student: "", notebook: { ...notebook, cells } },
      grader,
    );
    assertEquals(
      exercises.map(({ mistake }) => mistake),
      Object.values(wrongAnswers).map(([mistake]) => mistake),
    );
    assertEquals(points, 0);
  });
});

Deno.test("the zip to hand out opens elsewhere, and validate runs in it", async () => {
  await withFolder(async (folder) => {
    const path = join(root, "notebooks", "02_convolution.ipynb");
    const instructor = await loadNotebook(path);
    const { zip } = await release([instructor], { out: `${folder}/out` });
    await handIn(`${folder}/home`, unzipSync(await Deno.readFile(zip)));
    const home = `${folder}/home/02_convolution`;
    const file = "notebooks/02_convolution.ipynb";
    const validate = async () => {
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["task", "homework", "validate", file],
        cwd: home,
        env: { INIT_CWD: home },
      }).output();
      return { code, text: new TextDecoder().decode(stdout) };
    };
    const stubs = await validate();
    assertEquals(stubs.code, 3);
    assertStringIncludes(stubs.text, "02_convolution: 0 of 22 points");
    await Deno.copyFile(path, `${home}/${file}`);
    const solved = await validate();
    assertEquals(solved.code, 0);
    assertStringIncludes(solved.text, "02_convolution: 22 of 22 points");
  });
});
