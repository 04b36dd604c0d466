/** A class in a folder: found, graded, reported, taken up again. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  checkAssignment,
  gradeClass,
} from "../../../tools/homework/grade/grade_class.ts";
import {
  findSubmissions,
  handedIn,
} from "../../../tools/homework/grade/find_submissions.ts";
import { readIfThere } from "../../../tools/files.ts";
import { writeReports } from "../../../tools/homework/report/reports.ts";
import { prepareAssignment, studentVersion } from "cnn/homework";
import {
  assignment,
  edited,
  fixturePath,
  grade,
  handIn,
  instructor,
  processes,
  withFolder,
} from "./fixture.ts";

const file = "90_fixture.ipynb";
const names = ["90_fixture"];
const wrong = edited({
  "exercise-90-1": "function myOutputLength() { return 1; }",
});

/** Every file below a folder, with its content. */
async function contents(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      const inner = await contents(`${folder}/${name}`);
      for (const key in inner) files[`${name}/${key}`] = inner[key];
    } else files[name] = await Deno.readTextFile(`${folder}/${name}`);
  }
  return files;
}

/** Grades a folder as the command does. */
async function gradeFolder(folder: string, out: string, jobs = 2) {
  let runs = 0;
  const { submissions, ignored } = await findSubmissions(folder, names);
  const results = await gradeClass([assignment], submissions, {
    jobs,
    results: `${out}/results`,
    onProgress: () => runs++,
  });
  assertEquals(runs, submissions.length);
  await writeReports(out, results, ignored);
  return results;
}

Deno.test("gradeClass() grades a mixed class, the same bytes each time, changing nothing", async () => {
  await withFolder(async (folder) => {
    await handIn(`${folder}/in`, {
      [`ann/${file}`]: instructor,
      [`ben/${file}`]: wrong,
      [`=1+1 "cem"/${file}`]: studentVersion(instructor),
      [`dee/${file}`]: "{",
      [`김하나/notebooks/${file}`]: instructor,
      [`eve/other.ipynb`]: instructor,
      "loose.ipynb": instructor,
    });
    const before = await contents(`${folder}/in`);
    const results = await gradeFolder(`${folder}/in`, `${folder}/one`, 1);
    assertEquals(
      results.map((r) => [r.student, r.status, r.points]),
      [
        ['=1+1 "cem"', "graded", 0],
        ["ann", "graded", 8],
        ["ben", "graded", 7],
        ["dee", "unreadable", 0],
        ["eve", "missing", 0],
        ["김하나", "graded", 8],
      ],
    );
    await gradeFolder(`${folder}/in`, `${folder}/two`, 3);
    const one = await contents(`${folder}/one`);
    assertEquals(one, await contents(`${folder}/two`));
    assertEquals(await contents(`${folder}/in`), before);

    const rows = one["grades.csv"].split("\n");
    assertStringIncludes(
      rows[0],
      "student,notebook,status,points,max_points,90.1",
    );
    assertStringIncludes(
      rows[1],
      `"'=1+1 ""cem""",90_fixture,graded,0,8,0,0,0,0`,
    );
    const json = JSON.parse(one["grades.json"]);
    assertEquals(json.students.length, 6);
    assertEquals(json.ignored, [
      "eve/other.ipynb: no assignment has this name",
      "loose.ipynb: lies in no student's folder",
    ]);
    assertEquals(
      json.mistakes.map((m: { exercise: string; students: number }) => [
        m.exercise,
        m.students,
      ]),
      [["90.1", 1], ["90.1", 1], ["90.2", 1], ["90.3", 1], ["90.4", 1]],
    );
    assert("feedback/김하나.html" in one);
    assert("feedback/%3D1%2B1%20%22cem%22.html" in one);
  });
});

Deno.test("gradeClass() says of a Python notebook why nothing of it counts", async () => {
  await withFolder(async (folder) => {
    const metadata = { kernelspec: { name: "python3", language: "python" } };
    await handIn(folder, { [`in/ann/${file}`]: { ...instructor, metadata } });
    const [{ notes }] = await gradeFolder(`${folder}/in`, `${folder}/out`);
    assertStringIncludes(notes.join("\n"), 'is written in "python"');
  });
});

Deno.test("gradeClass() goes on where it stopped and grades again what changed", async () => {
  await withFolder(async (folder) => {
    const [input, out] = [`${folder}/in`, `${folder}/out`];
    await handIn(input, {
      [`ann/${file}`]: instructor,
      [`ben/${file}`]: instructor,
    });
    await gradeFolder(input, out);
    const saved = `${out}/results/ann/90_fixture.json`;
    const text = await Deno.readTextFile(saved);
    // A result from before the interruption is taken over as it is ...
    await Deno.writeTextFile(
      saved,
      text.replace('"points": 8', '"points": 7.5'),
    );
    assertEquals((await gradeFolder(input, out))[0].points, 7.5);
    // ... one that is cut off is not, nor one of another submission.
    await Deno.writeTextFile(saved, text.slice(0, 100));
    await handIn(input, { [`ben/${file}`]: wrong });
    assertEquals((await gradeFolder(input, out)).map((r) => r.points), [8, 7]);
  });
});

Deno.test("gradeClass() repeats a stop by time alone, and saves none", async () => {
  await withFolder(async (folder) => {
    // By the clock, so that it is as long on every machine, however busy.
    const busy = (seconds: number) =>
      edited({
        "exercise-90-2": `const end = performance.now() + 1000 * ${seconds};
while (performance.now() < end);
throw new Error("done");`,
      });
    await handIn(`${folder}/in`, {
      [`ann/${file}`]: instructor,
      [`ben/${file}`]: busy(6.5), // too long for a first look, not for the limit
      [`dan/${file}`]: busy(Infinity),
      [`eve/${file}`]: instructor,
    });
    const order: string[] = [];
    const { submissions } = await findSubmissions(`${folder}/in`, names);
    const results = await gradeClass([assignment], submissions, {
      jobs: 1,
      firstLook: 2, // of the processor's time, and three times that of waiting
      limits: { seconds: 8, memory: 1024 },
      results: `${folder}/results`,
      onProgress: (_done, _total, name) => order.push(name),
    });
    assertEquals(order.slice(0, 2).sort(), ["ann", "eve"]);
    assertEquals(order.slice(2), ["ben", "dan"]);
    assertEquals(results.map(({ student }) => student), [
      "ann",
      "ben",
      "dan",
      "eve",
    ]);
    const details = results.map(({ exercises }) => exercises[1].details ?? "");
    assertStringIncludes(details[1], "done");
    assertStringIncludes(details[2], "stopped after 8 s");
    const saved = Array.from(
      Deno.readDirSync(`${folder}/results`),
      ({ name }) => name,
    );
    assertEquals(saved.filter((name) => !name.startsWith(".")).sort(), [
      "ann",
      "ben",
      "eve",
    ]);
  });
});

Deno.test("findSubmissions() follows no symbolic link and chooses one file", async () => {
  if (Deno.build.os === "windows") return;
  await withFolder(async (folder) => {
    const copy = "90_fixture-Copy1.ipynb";
    await handIn(folder, {
      "outside/secret.ipynb": instructor,
      [`in/both/${file}`]: instructor,
      [`in/both/${copy}`]: wrong,
      [`in/copies/${copy}`]: instructor,
      "in/copies/90_fixture (2).ipynb": wrong,
      [`in/renamed/${copy}`]: instructor,
      [`in/same/${file}`]: instructor,
      [`in/same/notebooks/${file}`]: instructor,
      [`in/twice/${file}`]: instructor,
      [`in/twice/notebooks/${file}`]: wrong,
      "in/.hidden/x.ipynb": instructor,
    });
    await Deno.mkdir(`${folder}/in/link`);
    await Deno.symlink(
      `${folder}/outside/secret.ipynb`,
      `${folder}/in/link/${file}`,
    );
    await Deno.symlink(`${folder}/outside`, `${folder}/in/linked`);
    await Deno.mkdir(`${folder}/in/empty`);
    await Deno.mkdir(`${folder}/in/folder/${file}`, { recursive: true });
    const { submissions } = await findSubmissions(`${folder}/in`, names);
    const found = Object.fromEntries(submissions.map((s) => [
      s.student,
      s.problem ? `${s.problem.status}: ${s.problem.text}` : s.notes.join(),
    ]));
    assertStringIncludes(found.both, `"${copy}", which was not graded`);
    assertStringIncludes(found.copies, "unreadable: There are different files");
    assertStringIncludes(found.renamed, `called "${copy}", not "${file}"`);
    assertEquals(found.same, "");
    assertStringIncludes(found.twice, "There are different files");
    assertStringIncludes(found.link, "is a symbolic link");
    assertStringIncludes(found.linked, "is a symbolic link");
    assertStringIncludes(found.empty, "missing: No file");
    assertStringIncludes(found.folder, "missing: No file");
    assertEquals(found[".hidden"], undefined);
    assertEquals(await handedIn(`${folder}/in`, [...names, "other"]), names);
  });
});

Deno.test("gradeClass() escapes what a student writes into the feedback page", async () => {
  await withFolder(async (folder) => {
    const evil = `<script>alert(1)</script>"'&`;
    await handIn(`${folder}/in`, {
      [`a<b>&/${file}`]: edited({
        "exercise-90-1": `function myOutputLength() { console.log(${
          JSON.stringify(evil)
        }); throw new Error(${JSON.stringify(evil)}); } // ${evil}`,
      }, [`throw new Error(${JSON.stringify(evil + "\u202e\u0007")})`]),
    });
    await gradeFolder(`${folder}/in`, `${folder}/out`);
    const page = await Deno.readTextFile(
      `${folder}/out/feedback/a%3Cb%3E%26.html`,
    );
    assert(!page.includes("<script"), page);
    assert(!page.includes("\u202e") && !page.includes("\u0007"));
    // The seventh is the added cell, whose code the page shows as well.
    assertEquals(page.split("&lt;script&gt;").length - 1, 7);
    assertStringIncludes(page, "<h1>Feedback for a&lt;b&gt;&amp;</h1>");
  });
});

Deno.test("checkAssignment() refuses a notebook whose own solutions do not pass", async () => {
  let message = "";
  try {
    await checkAssignment(prepareAssignment("90_fixture", wrong));
  } catch (error) {
    message = (error as Error).message;
  }
  assertStringIncludes(
    message,
    "own solutions in 90_fixture.ipynb do not pass",
  );
  assertStringIncludes(message, "90.1: ");
});

Deno.test("a killed run leaves no process and goes on where it stopped", async () => {
  if (Deno.build.os === "windows") return;
  await withFolder(async (folder) => {
    const loop = edited({
      "exercise-90-1": "function myOutputLength() { for (;;); }",
    });
    await handIn(`${folder}/in`, {
      [`ann/${file}`]: instructor,
      [`ben/${file}`]: loop,
    });
    const root = fileURLToPath(new URL("../../../", import.meta.url));
    const fixture = fileURLToPath(fixturePath);
    const start = () =>
      new Deno.Command(Deno.execPath(), {
        args: [
          ...[
            "run",
            "-A",
            "--no-check",
            `${root}tools/homework/commands/main.ts`,
            "grade",
          ],
          ...[`${folder}/in`, "--out", `${folder}/out`],
          ...["--notebook", fixture, "--jobs", "1", "--seconds", "3"],
        ],
        cwd: root,
        stdout: "null",
        stderr: "null",
      }).spawn();
    const saved = `${folder}/out/results/ann/90_fixture.json`;
    const first = start();
    while (await readIfThere(saved) === undefined) {
      await new Promise((done) => setTimeout(done, 50));
    }
    await endsWithAllItsProcesses(first, "SIGINT");
    assertEquals((await first.status).code, 130);
    const { mtime } = await Deno.stat(saved);
    assertEquals((await start().status).code, 0);
    assertEquals((await Deno.stat(saved)).mtime, mtime);
    assertStringIncludes(
      await Deno.readTextFile(`${folder}/out/grades.csv`),
      "ben,90_fixture,graded,7,8",
    );
    await Deno.remove(`${folder}/out`, { recursive: true });
    for (const signal of ["SIGTERM", "SIGHUP", "SIGKILL"] as const) {
      if (signal === "SIGKILL" && Deno.build.os !== "linux") continue;
      const run = start();
      await endsWithAllItsProcesses(run, signal);
    }
  });
});

/** Kills a grader once its sandboxes run; where the system tells, none must be left. */
async function endsWithAllItsProcesses(
  grader: Deno.ChildProcess,
  signal: Deno.Signal,
): Promise<void> {
  const linux = Deno.build.os === "linux";
  const own = () =>
    processes("sandbox/inside/").filter(({ parent }) => parent === grader.pid)
      .map(({ pid }) => pid);
  let children: string[] = [];
  while (linux && children.length < 2) {
    await new Promise((done) => setTimeout(done, 50));
    children = own();
  }
  grader.kill(signal);
  await grader.status;
  if (!linux) return;
  const deadline = performance.now() + 20_000;
  let left = children;
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise((done) => setTimeout(done, 50));
    const running = processes("sandbox/inside/").map(({ pid }) => pid);
    left = children.filter((pid) => running.includes(pid));
  }
  assertEquals(left, [], signal);
}

Deno.test("gradeClass() gives a submission that stops once the points that it gets alone", async () => {
  await withFolder(async (folder) => {
    const exits = edited({ "exercise-90-1": "Deno.exit(3);" });
    await handIn(`${folder}/in`, { [`ann/${file}`]: exits });
    const [result] = await gradeFolder(`${folder}/in`, `${folder}/out`, 1);
    const alone = await grade(exits);
    assert(alone.points > 0, "the other exercises are right");
    assertEquals(result.points, alone.points);
    assertEquals(
      result.exercises.map(({ status }) => status),
      alone.exercises.map(({ status }) => status),
    );
  });
});
