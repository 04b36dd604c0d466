/**
 * Homework on a JupyterHub, from assignment to feedback, as docs/homework.md tells
 * it. Slow and large (it installs JupyterHub once), so `deno task test:hub` runs it.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import { join } from "node:path";
import { findBrowser, remedy } from "../find_browser.ts";
import { openBrowser, openPage } from "../lab.ts";
import { pictureOf } from "../notebook_page.ts";
import { root } from "../../../tools/paths.ts";
import { type Hub, startHub } from "./hub.ts";

// deno-lint-ignore no-explicit-any -- JupyterLab's own objects
type Any = any;

const notebook = "90_fixture";
const fixture = join(root, "tests/fixtures/homework", `${notebook}.ipynb`);
const browserPath = findBrowser();
if (browserPath === undefined) console.error(`Skipped: ${remedy}`);

const homework = (...args: string[]) => [
  ...[Deno.execPath(), "run", "-A", "--no-check"],
  ...[join(root, "tools/homework/commands/main.ts"), ...args],
];

/** The instructor's solutions, by grade_id. */
async function solutions(): Promise<Record<string, string>> {
  const { cells } = JSON.parse(await Deno.readTextFile(fixture));
  return Object.fromEntries(
    cells.filter((cell: Any) => cell.metadata.nbgrader?.solution)
      .map((cell: Any) => [
        cell.metadata.nbgrader.grade_id,
        [cell.source].flat().join(""),
      ]),
  );
}

/** A page of a user who is logged in, with the server started. */
async function logIn(browser: Browser, hub: Hub, user: string): Promise<Page> {
  const { page } = await openPage(browser);
  page.setDefaultTimeout(180_000);
  await page.goto(`${hub.address}/hub/login?next=/hub/spawn`);
  await page.fill("#username_input", user);
  await page.fill("#password_input", hub.password);
  await page.click("#login_submit");
  await page.waitForURL(`**/user/${user}/lab**`);
  await page.waitForFunction(() => (globalThis as Any).jupyterapp);
  await page.evaluate(() => (globalThis as Any).jupyterapp.restored);
  return page;
}

/** Nbgrader > Assignment List. */
async function openList(page: Page): Promise<void> {
  await page.getByRole("menuitem", { name: "Nbgrader", exact: true }).click();
  await page.getByRole("menuitem", { name: "Assignment List", exact: true })
    .click();
}

/** Writes a solution into its cell, by keyboard. */
async function solve(page: Page, gradeId: string, source: string) {
  await page.evaluate((gradeId) => {
    const { content } = (globalThis as Any).jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.findIndex((cell: Any) =>
      cell.model.getMetadata("nbgrader")?.grade_id === gradeId
    );
    content.mode = "edit";
  }, gradeId);
  await page.waitForFunction(() =>
    (globalThis as Any).document.activeElement.closest(".jp-Cell.jp-mod-active")
  );
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(source);
}

async function save(page: Page): Promise<void> {
  await page.keyboard.press("ControlOrMeta+s");
  await page.waitForFunction(() =>
    !(globalThis as Any).jupyterapp.shell.currentWidget.context.model.dirty
  );
}

/** Fetches hw1, writes solutions and submits it. */
async function doHomework(page: Page, answers: Record<string, string>) {
  await openList(page);
  await page.getByRole("button", { name: "Fetch", exact: true }).click();
  await page.getByRole("button", { name: "Submit", exact: true }).waitFor();
  await page.evaluate(
    (path) =>
      (globalThis as Any).jupyterapp.commands.execute("docmanager:open", {
        path,
        factory: "Notebook",
      }),
    `hw1/${notebook}.ipynb`,
  );
  await page.waitForFunction(() => {
    const widget = (globalThis as Any).jupyterapp.shell.currentWidget;
    return widget?.sessionContext?.session?.kernel?.status === "idle";
  });
  for (const [gradeId, source] of Object.entries(answers)) {
    await solve(page, gradeId, source);
  }
  await save(page);
}

async function submit(page: Page): Promise<void> {
  await openList(page);
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await page.locator("#submitted_assignments_list").getByText("hw1").first()
    .waitFor();
}

Deno.test({
  name: "two students do homework on a JupyterHub, the sandbox grades it",
  ignore: browserPath === undefined || Deno.build.os === "windows",
  fn: async (t) => {
    await using hub = await startHub();
    const course = join(hub.home("instructor"), "cnn");
    const nbgrader = (...args: string[]) =>
      hub.asInstructor([hub.python, "-m", "nbgrader", ...args]);
    const browser = await openBrowser(browserPath!);
    const pages: Record<string, Page> = {};
    try {
      await t.step("the instructor assigns", async () => {
        await Deno.mkdir(join(course, "source", "hw1"), { recursive: true });
        await Deno.copyFile(
          join(root, "nbgrader_config.py"),
          join(course, "nbgrader_config.py"),
        );
        await Deno.copyFile(
          fixture,
          join(course, "source", "hw1", `${notebook}.ipynb`),
        );
        await nbgrader("generate_assignment", "hw1");
        await nbgrader("release_assignment", "hw1");
        // The students' folder, in which notebooks find the library.
        const out = join(hub.folder, "students");
        await hub.asInstructor(homework("release", fixture, "--out", out));
        for (const student of ["ann", "ben"]) {
          const { success } = await new Deno.Command("cp", {
            args: ["-r", `${out}/.`, hub.home(student)],
          }).output();
          assert(success);
        }
      });

      const right = await solutions();
      await t.step("ann fetches, solves, runs and submits", async () => {
        const page = pages.ann = await logIn(browser, hub, "ann");
        await doHomework(page, right);
        await page.evaluate(() =>
          (globalThis as Any).jupyterapp.commands.execute(
            "notebook:run-all-cells",
          )
        );
        await save(page);
        const passed = await page.evaluate(() => {
          const { content } =
            (globalThis as Any).jupyterapp.shell.currentWidget;
          return content.widgets.filter((cell: Any) =>
            cell.model.getMetadata("nbgrader")?.grade
          ).map((cell: Any) =>
            !cell.model.outputs.toJSON().some((o: Any) =>
              o.output_type === "error"
            )
          );
        });
        assertEquals(passed, [true, true, true, true]);
        await page.screenshot({ path: await pictureOf("hub-ann-solved") });
        await submit(page);
        await page.screenshot({ path: await pictureOf("hub-ann-submitted") });
      });
      await t.step("ben hands in an endless loop", async () => {
        const page = pages.ben = await logIn(browser, hub, "ben");
        await doHomework(page, {
          ...right,
          "exercise-90-2": "while (true) {}",
        });
        await submit(page);
      });

      await t.step("the instructor collects, grades, gives back", async () => {
        await nbgrader("collect", "hw1");
        const text = await hub.asInstructor(homework(
          ...["grade", "--nbgrader", course, "hw1", "--python", hub.python],
          ...["--out", join(hub.folder, "reports"), "--seconds", "10"],
        ));
        assertStringIncludes(text, "Gradebook");
        await nbgrader("export");
        const rows = (await Deno.readTextFile(join(course, "grades.csv")))
          .trim().split("\n").map((line) => line.trim().split(","));
        const [student, score] = ["student_id", "score"]
          .map((name) => rows[0].indexOf(name));
        assertEquals(
          rows.slice(1).map((row) => [row[student], Number(row[score])]).sort(),
          [["ann", 8], ["ben", 5]],
        );
        await nbgrader("generate_feedback", "hw1");
        await nbgrader("release_feedback", "hw1");
      });

      await t.step("formgrader shows the class and a submission", async () => {
        const page = await logIn(browser, hub, "instructor");
        const formgrader = `${hub.address}/user/instructor/formgrader`;
        await page.goto(`${formgrader}/gradebook/hw1/${notebook}`);
        await page.getByText("Submission #").first().waitFor();
        await page.screenshot({
          path: await pictureOf("hub-formgrader-class"),
        });
        await page.goto(`${formgrader}/manage_submissions/hw1`);
        await page.getByText("ben").first().waitFor();
        await page.screenshot({
          path: await pictureOf("hub-formgrader-submissions"),
        });
        await page.goto(`${formgrader}/manage_students/ben/hw1`);
        await page.getByText(notebook).first().click();
        await page.getByText("cell stopped").first().waitFor();
        await page.screenshot({
          path: await pictureOf("hub-formgrader-ben"),
          fullPage: true,
        });
      });

      await t.step("feedback reaches ann and ben", async () => {
        for (
          const [student, words] of [["ann", "8.0"], ["ben", "cell stopped"]]
        ) {
          const page = pages[student];
          await openList(page);
          await page.getByRole("button", { name: "Fetch Feedback" }).first()
            .click();
          await page.getByText("view feedback").first().waitFor();
          await page.screenshot({
            path: await pictureOf(`hub-${student}-feedback`),
          });
          const found = await feedbackOf(join(hub.home(student), "hw1"));
          assertStringIncludes(found, words);
        }
      });
    } finally {
      for (const page of Object.values(pages)) {
        // Kernels outlive the hub that is stopped.
        await page.evaluate(() =>
          (globalThis as Any).jupyterapp.serviceManager.sessions.shutdownAll()
        );
      }
      await browser.close();
    }
  },
});

/** The page below hw1/feedback/<time of submission>/. */
async function feedbackOf(folder: string): Promise<string> {
  for await (const { name } of Deno.readDir(join(folder, "feedback"))) {
    return await Deno.readTextFile(
      join(folder, "feedback", name, `${notebook}.html`),
    );
  }
  throw new Error(`No feedback in ${folder}`);
}
