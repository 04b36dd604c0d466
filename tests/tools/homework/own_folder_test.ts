/** No command deletes or overwrites a file that it did not write itself. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { infoOf } from "../../../tools/files.ts";
import { OutFolderError, outPlace } from "../../../tools/out_place.ts";
import { OwnFolder } from "../../../tools/own_folder.ts";
import { release } from "../../../tools/homework/release/release.ts";
import { writeReports } from "../../../tools/homework/report/reports.ts";
import { root } from "../../../tools/paths.ts";
import { stampCommand } from "../../../tools/homework/commands/stamp.ts";
import { fixturePath, handIn, instructor, withFolder } from "./fixture.ts";

const unix = Deno.build.os !== "windows";
const fixture = fileURLToPath(fixturePath);
const named = [{ name: "90_fixture", notebook: instructor }];

/** Every file below a folder with the sum of its content, links as they are. */
async function tree(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(join(folder, below))) {
    const path = join(below, entry.name);
    if (entry.isDirectory) files.push(`${path}/`, ...await tree(folder, path));
    else if (entry.isSymlink) {
      files.push(`${path} -> ${await Deno.readLink(join(folder, path))}`);
    } else {
      const bytes = await Deno.readFile(join(folder, path));
      files.push(`${path} ${createHash("sha256").update(bytes).digest("hex")}`);
    }
  }
  return files.sort();
}

async function copyTree(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copyTree(join(from, name), join(to, name));
  }
}

/** Runs `deno task homework` in a copy of the repository. */
async function homework(repository: string, ...args: string[]) {
  // Another home must not mean another cache.
  const info = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(info.stdout));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--no-lock"],
      ...[
        "--node-modules-dir=manual",
        "tools/homework/commands/main.ts",
        ...args,
      ],
    ],
    cwd: repository,
    env: {
      NO_COLOR: "1",
      DENO_DIR: denoDir,
      INIT_CWD: repository,
      HOME: join(repository, ".."),
    },
  }).output();
  const text = [stdout, stderr].map((b) => new TextDecoder().decode(b)).join(
    "",
  );
  return { code, text };
}

Deno.test("release into the repository, its folders, around it or home deletes nothing", async () => {
  await withFolder(async (home) => {
    const copy = join(await Deno.realPath(home), "course");
    await Deno.mkdir(join(copy, "notebooks"), { recursive: true });
    for (const name of ["lib", "tools", "deno.json", "deno.lock", "LICENSE"]) {
      await copyTree(join(root, name), join(copy, name));
    }
    await Deno.symlink(
      join(root, "node_modules"),
      `${copy}/node_modules`,
    );
    await handIn(copy, {
      "notebooks/90_fixture.ipynb": await Deno.readTextFile(fixture),
      "notebooks/91_other.ipynb": await Deno.readTextFile(fixture),
      "data/mine.bin": "measured for weeks",
      "README.md": "mine",
    });
    if (unix) await Deno.symlink(copy, join(home, "link"));
    const before = await tree(home);
    const call = (out: string) =>
      homework(
        copy,
        ...["release", "notebooks/90_fixture.ipynb", "--force"],
        ...["--data", "none", "--out", out],
      );
    const refused: [out: string, found: string][] = [
      [".", "which is the repository"],
      ["notebooks", "which lies in the repository"],
      ["notebooks/../new/deep", "which lies in the repository"],
      ["..", "which is a home folder"],
      ["../..", "which holds a home folder"],
      ["/", "which is the root of a disk"],
      ["README.md", "README.md, a file: name another folder"],
      ...(unix
        ? [["../link/students", "which lies in the repository"]] as [
          string,
          string,
        ][]
        : []),
    ];
    for (const [out, found] of refused) {
      const { code, text } = await call(out);
      assertEquals(code, 2, text);
      assertStringIncludes(text, found);
      assertEquals(text.trim().split("\n").length, 1, text);
      assertEquals(await tree(home), before, out);
    }
    // The commands' own folder of the repository is there to be written into.
    const fine = await call("output/students");
    assertEquals(fine.code, 0, fine.text);
    const after = (await tree(home)).filter((line) =>
      !line.startsWith("course/output/")
    );
    assertEquals(after, before);
    const again = await call("output/students");
    assertEquals(again.code, 0, again.text);
  });
});

Deno.test("outPlace() refuses what equals, holds or lies in a source, also by links and dots", async () => {
  await withFolder(async (folder) => {
    const [source, repository] = [`${folder}/in`, `${folder}/course`];
    await handIn(folder, {
      "in/ann/a.ipynb": "{}",
      "course/x": "",
      "home/hw.ipynb": "{}",
    });
    if (unix) {
      await Deno.symlink(source, `${folder}/link`);
      await Deno.symlink(`${folder}/gone`, `${folder}/dangling`);
    }
    const place = (out: string) =>
      outPlace("grade", out, {
        folders: { "the folder of submissions": source },
        files: [`${folder}/home/hw.ipynb`],
      }, repository);
    const refused: [out: string, found: string][] = [
      [source, "which is the folder of submissions"],
      [`${source}/`, "which is the folder of submissions"],
      [`${folder}/course/../in/./`, "which is the folder of submissions"],
      [folder, "which holds the repository"],
      [`${source}/ann/new/folder`, "which lies in the folder of submissions"],
      [`${folder}/home`, "which holds hw.ipynb"],
      ...(unix
        ? [
          [`${folder}/link`, "which is the folder of submissions"],
          [`${folder}/link/new`, "which lies in the folder of submissions"],
          [`${folder}/dangling`, "a link that leads nowhere"],
          [`${folder}/dangling/new`, "a link that leads nowhere"],
        ] as [string, string][]
        : []),
      [`${folder}/course/x/y`, "a file: name another folder"],
      // Mounted, and full of what is not ours.
      ...(Deno.build.os === "linux"
        ? [
          ["/proc", "which is the root of a disk"],
          ["/usr", "which is a folder of everybody's"],
        ] as [string, string][]
        : []),
    ];
    for (const [out, found] of refused) {
      await assertRejects(() => place(out), OutFolderError, found);
    }
    // Also where the repository is elsewhere; it may be a disk of its own.
    await assertRejects(
      () => outPlace("grade", tmpdir(), {}, join(root, "lib")),
      OutFolderError,
      tmpdir(),
    );
    if (unix) {
      // The commands' own folder, but for where it leads.
      await handIn(folder, { "course/notebooks/a.ipynb": "{}" });
      await Deno.symlink("notebooks", `${repository}/output`);
      for (const out of ["output", "output/new"]) {
        await assertRejects(
          () => place(`${repository}/${out}`),
          OutFolderError,
          "which lies in the repository",
        );
      }
      await Deno.remove(`${repository}/output`);
    }
    // Beside it, with a name that begins alike, is another place.
    for (const out of ["in2", "in-out/new", "home/new", "course/output/a"]) {
      assertStringIncludes(await place(`${folder}/${out}`), out);
    }
  });
});

Deno.test("the out folders of the documentation's own examples may be written", async () => {
  const docs = await Deno.readTextFile(join(root, "docs/homework.md"));
  // What stands in a variable is the reader's own place.
  const examples = [...docs.matchAll(/^deno task .*--out ([^\s"]+)/gm)];
  assertEquals(examples.length, 5);
  for (const [line, out] of examples) {
    const place = await outPlace("test", resolve(root, out), {
      folders: { "the folder of submissions": "/tmp/submissions" },
      files: [join(root, "notebooks/02_convolution.ipynb")],
    });
    assert(place.endsWith(out), line);
  }
});

Deno.test("release --force replaces what it wrote and keeps what others wrote", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/out`;
    await release(named, { out, data: "none" });
    const before = await tree(out);
    await handIn(out, { "lib/mine/a.ts": "a", "notes.txt": "b" });
    const other = [{ ...named[0], name: "91_other" }];
    const { kept } = await release(other, { out, data: "none", force: true });
    assertEquals(kept, []);
    const after = await tree(out);
    // What the first release alone had is gone, the user's files are not.
    const has = (name: string) => after.some((line) => line.startsWith(name));
    assert(!has("90_fixture.zip") && !has("notebooks/90_fixture.ipynb"));
    assert(has("91_other.zip") && has("notebooks/91_other.ipynb"));
    assertEquals(await Deno.readTextFile(`${out}/lib/mine/a.ts`), "a");
    assertEquals(await Deno.readTextFile(`${out}/notes.txt`), "b");
    await Deno.remove(`${out}/lib/mine`, { recursive: true });
    await Deno.remove(`${out}/notes.txt`);
    await release(named, { out, data: "none", force: true });
    assertEquals(await tree(out), before);
  });
});

Deno.test("release --force refuses to replace a file that was changed since, and changes nothing", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/out`;
    await release(named, { out, data: "none" });
    await handIn(out, { "notebooks/90_fixture.ipynb": "my notes" });
    const before = await tree(out);
    await assertRejects(
      () => release(named, { out, data: "none", force: true }),
      OutFolderError,
      "notebooks/90_fixture.ipynb (changed since); move them away",
    );
    assertEquals(await tree(out), before);
    // One that the new release has no use for stays, and is told.
    const other = [{ ...named[0], name: "91_other" }];
    const { kept } = await release(other, { out, data: "none", force: true });
    assertEquals(kept, ["notebooks/90_fixture.ipynb"]);
    assertEquals(
      await Deno.readTextFile(`${out}/notebooks/90_fixture.ipynb`),
      "my notes",
    );
  });
});

Deno.test("release --force refuses a user's file, folder or link in the way", async () => {
  await withFolder(async (folder) => {
    await handIn(folder, {
      "file/README.md": "mine",
      "folder/README.md/mine": "mine",
      "parent/lib": "mine",
      "elsewhere/mod.ts": "mine",
      "link/x": "",
      "manifest/.manifest": "mine",
    });
    const found: Record<string, string> = {
      file: "README.md; move them away",
      folder: "README.md; move them away",
      parent: "lib; move them away",
      manifest: "found something else there",
    };
    if (unix) {
      await Deno.symlink(`${folder}/elsewhere`, `${folder}/link/lib`);
      found.link = "lib; move them away";
    }
    const before = await tree(folder);
    for (const [name, message] of Object.entries(found)) {
      const out = `${folder}/${name}`;
      await assertRejects(
        () => release(named, { out, data: "none", force: true }),
        OutFolderError,
        message,
      );
      assertEquals(await tree(folder), before, name);
    }
  });
});

Deno.test("a list that was forged or copied leads to no file outside its folder", async () => {
  await withFolder(async (folder) => {
    await handIn(folder, { "precious.txt": "a", "out/x.txt": "a" });
    const sum = createHash("sha256").update("a").digest("hex");
    const own = await OwnFolder.open("test", `${folder}/out`);
    await own.write("y.txt", "a");
    const list = `${folder}/out/.manifest`;
    await Deno.writeTextFile(
      list,
      `${sum}  ../precious.txt\n${sum}  ${folder}/precious.txt\n`,
      { append: true },
    );
    const again = await OwnFolder.open("test", `${folder}/out`);
    assertEquals(await again.removeOthers(new Set()), []);
    assertEquals(await Deno.readTextFile(`${folder}/precious.txt`), "a");
    assertEquals(await again.entries(), ["x.txt"]);
  });
});

Deno.test("an interrupted run leaves its files known and none half-written", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/out`;
    const first = await OwnFolder.open("test", out);
    await first.write("a/b.txt", "one");
    // It ends here, without close(), while another file is being written ...
    const half = await first.draft();
    await Deno.writeTextFile(half, "hal");
    // A draft of a process that has gone, and one of this, which has not.
    const gone = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "console.log(Deno.pid)"],
    }).output();
    const pid = new TextDecoder().decode(gone.stdout).trim();
    await Deno.copyFile(half, half.replace(`${Deno.pid}-`, `${pid}-`));
    // What else the runner puts beside a draft.
    const failures = half.replace(".part", ".failures")
      .replace(`${Deno.pid}-`, `${pid}-`);
    await Deno.writeTextFile(failures, "");
    // ... or with a line for content that never came.
    const sum = createHash("sha256").update("two").digest("hex");
    await Deno.writeTextFile(`${out}/.manifest`, `${sum}  a/b.txt\n`, {
      append: true,
    });
    const second = await OwnFolder.open("test", out);
    assertEquals(await second.entries(), ["a"]);
    assertEquals(await infoOf(failures), undefined);
    const drafts = (await tree(out)).filter((line) => line.includes(".part "));
    assertEquals(drafts.length, 1);
    assertStringIncludes(drafts[0], `.manifest.${Deno.pid}-`);
    await second.checkFree(["a/b.txt"]);
    await second.write("a/b.txt", "three");
    await second.close();
    assertEquals(await Deno.readTextFile(`${out}/a/b.txt`), "three");
    const lines = (await Deno.readTextFile(`${out}/.manifest`)).split("\n");
    assertEquals(lines.length, 3); // head, one file, the end
    assert(lines[1].endsWith("  a/b.txt"));
  });
});

Deno.test("what is not ours is put aside under a name that is free", async () => {
  await withFolder(async (folder) => {
    await handIn(folder, { "a.b.json": "mine", "a.b.kept-1.json": "older" });
    const own = await OwnFolder.open("test", folder);
    assertEquals(
      await own.write("a.b.json", "new", { aside: true }),
      "a.b.kept-2.json",
    );
    assertEquals(
      await own.write("a.b.json", "newer", { aside: true }),
      undefined,
    );
    assertEquals(await Deno.readTextFile(`${folder}/a.b.kept-2.json`), "mine");
    assertEquals(await Deno.readTextFile(`${folder}/a.b.kept-1.json`), "older");
  });
});

Deno.test({
  name: "stamp writes the file behind a link and leaves its permissions",
  ignore: !unix,
  async fn() {
    await withFolder(async (folder) => {
      const path = `${folder}/real.ipynb`;
      await Deno.copyFile(fixture, path);
      await Deno.chmod(path, 0o600);
      await Deno.symlink(path, `${folder}/link.ipynb`);
      assertEquals(await stampCommand([`${folder}/link.ipynb`]), 0);
      assert((await Deno.lstat(`${folder}/link.ipynb`)).isSymlink);
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
      assertStringIncludes(await Deno.readTextFile(path), '"checksum"');
      assertEquals(await stampCommand([path, "--check"]), 0);
    });
  },
});

Deno.test("grades that the instructor edited are not overwritten", async () => {
  await withFolder(async (folder) => {
    await writeReports(folder, [], []);
    await writeReports(folder, [], ["one more line"]);
    const csv = `${folder}/grades.csv`;
    await Deno.writeTextFile(csv, "ann,10\n");
    await assertRejects(
      () => writeReports(folder, [], []),
      OutFolderError,
      "grades.csv (changed since); move them away",
    );
    assertEquals(await Deno.readTextFile(csv), "ann,10\n");
  });
});
