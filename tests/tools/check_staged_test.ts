import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { stagedComplaints } from "../../tools/check_staged.ts";
import { root } from "../../tools/paths.ts";
import { output } from "../../tools/process.ts";
import { fixtureText } from "./fixture.ts";

const ran = { source: "const a = 1;", outputs: [{}], execution_count: 1 };

/** A repository in which notebooks are staged; gives its folder and git in it. */
async function withRepository(
  staged: Record<string, string>,
  test: (
    folder: string,
    git: (...args: string[]) => ReturnType<typeof output>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stäged " });
  const env = {
    GIT_CONFIG_GLOBAL: join(folder, "none"),
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.org",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.org",
  };
  const git = (...args: string[]) =>
    output(["git", ...args], { cwd: folder, env });
  try {
    await git("init", "--quiet");
    for (const [path, text] of Object.entries(staged)) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, path), text);
    }
    await git("add", ".");
    await test(folder, git);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const clean = { "notebooks/a b.ipynb": fixtureText(["const a = 1;"]) };
const stale = { "notebooks/a b.ipynb": fixtureText([ran]) };

Deno.test("stagedComplaints() takes a clean notebook, and what is no notebook of the course", () =>
  withRepository({
    ...clean,
    "notebooks/notes.txt": "{",
    "elsewhere/b.ipynb": fixtureText([ran]),
  }, async (folder) => {
    assertEquals(await stagedComplaints(folder), []);
  }));

Deno.test("stagedComplaints() reads what is staged, not what lies in the folder", () =>
  withRepository(stale, async (folder, git) => {
    const path = join(folder, "notebooks", "a b.ipynb");
    await Deno.writeTextFile(path, fixtureText(["const a = 1;"]));
    assertEquals(await stagedComplaints(folder), [
      "a b.ipynb, cell 1 (cell-1): has outputs: commit it without",
      "a b.ipynb, cell 1 (cell-1): has an execution count: commit it with null",
    ]);
    await git("add", ".");
    assertEquals(await stagedComplaints(folder), []);
  }));

Deno.test("stagedComplaints() says what is no notebook in one line", () =>
  withRepository({ "notebooks/x.ipynb": "{" }, async (folder) => {
    const [said, ...more] = await stagedComplaints(folder);
    assertStringIncludes(said, "notebooks/x.ipynb: ");
    assertStringIncludes(said, "is no JSON");
    assertEquals(more, []);
  }));

Deno.test({
  name: "the hook stops a commit of outputs and lets a clean one through",
  ignore: Deno.build.os === "windows", // git runs it there with a shell of its own
  fn: () =>
    withRepository(stale, async (folder, git) => {
      await git("config", "core.hooksPath", join(root, ".hooks"));
      const refused = await git("commit", "-m", "a");
      assertEquals(refused.success, false);
      assertStringIncludes(refused.stderr, "has outputs: commit it without");
      assertEquals(refused.stderr.includes("    at "), false, "no stack");
      for (const [path, text] of Object.entries(clean)) {
        await Deno.writeTextFile(join(folder, path), text);
      }
      await git("add", ".");
      const taken = await git("commit", "-m", "a");
      assertEquals(taken.success, true, taken.stderr);
    }),
});
