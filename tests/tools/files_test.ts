/** What the tools make afresh, and what they write over. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { freshFolder } from "../../tools/files.ts";
import { SetupError } from "../../tools/process.ts";

async function withFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "files-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("freshFolder() leaves an environment, link or file that somebody else made", async () => {
  await withFolder(async (folder) => {
    const venv = join(folder, ".venv");
    const theirs = join(venv, "lib", "mine.py");
    await Deno.mkdir(join(venv, "lib"), { recursive: true });
    await Deno.writeTextFile(theirs, "1");
    await Deno.writeTextFile(join(venv, "complete.txt"), "yes");
    await assertRejects(
      () => freshFolder(venv),
      SetupError,
      "was not made by this command: rename it",
    );
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "1");
    await assertRejects(() => freshFolder(file), SetupError, "rename it");
    if (Deno.build.os !== "windows") {
      const ours = join(folder, "ours");
      await freshFolder(ours);
      await Deno.symlink(ours, join(folder, "link"));
      await assertRejects(
        () => freshFolder(join(folder, "link")),
        SetupError,
        "rename it",
      );
    }
    assertEquals(await Deno.readTextFile(theirs), "1");
  });
});

Deno.test("freshFolder() empties what it made, also where the work broke off", async () => {
  await withFolder(async (folder) => {
    const venv = join(folder, ".venv");
    const leftover = join(venv, "half");
    for (let time = 0; time < 2; time++) {
      await freshFolder(venv);
      await assertRejects(() => Deno.stat(leftover), Deno.errors.NotFound);
      await Deno.writeTextFile(leftover, "");
    }
    // From before there was a mark: the stamp alone says whose it is.
    const old = join(folder, "old");
    await Deno.mkdir(old);
    await Deno.writeTextFile(join(old, "complete.txt"), "0".repeat(64));
    await freshFolder(old);
    await Deno.mkdir(join(folder, "empty"));
    await freshFolder(join(folder, "empty"));
  });
});

/** Runs a tool; it must end before it starts its work. */
async function run(tool: string, ...args: string[]) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(root, "tools", tool), ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, text: new TextDecoder().decode(stderr) };
}

Deno.test("bench and train:lenet name a file that is in the way before they work", async () => {
  await withFolder(async (folder) => {
    const notes = join(folder, "notes.json");
    await Deno.writeTextFile(notes, "mine");
    await Deno.writeTextFile(join(folder, "SOURCE.md"), "mine");
    const bench = await run("bench.ts", "--quick", `--out=${notes}`);
    assertEquals(bench.code, 1);
    assertEquals(
      bench.text,
      `deno task bench expects --out=FILE to be a new file but found ${notes}: name another, or move that one away\n`,
    );
    const train = await run("train_lenet.ts", "--out", folder);
    assertEquals(train.code, 1);
    assert(/^train:lenet expects .*: SOURCE\.md; move .*\n$/.test(train.text));
    const data = await run("train_lenet.ts", "--out", join(root, "data"));
    assertEquals(data.code, 2);
    assert(data.text.includes("which lies in the repository"), data.text);
    // No disk holds such a name.
    const long = join(folder, "x".repeat(300));
    const never = await run("train_lenet.ts", "--out", long);
    assertEquals(never.code, 1);
    assert(
      /^train:lenet cannot write there: .*\n$/.test(never.text),
      never.text,
    );
    assertEquals(await Deno.readTextFile(notes), "mine");
    assertEquals(await Deno.readTextFile(join(folder, "SOURCE.md")), "mine");
  });
});
