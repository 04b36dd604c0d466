/** Copies that a sandbox reads: locked parts, and those of other users. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  LostFolder,
  notMine,
  removeLocked,
} from "../../../tools/homework/sandbox/lost_folder.ts";
import { infoOf } from "../../../tools/files.ts";
import { withFolder } from "./fixture.ts";

const unixOnly = { ignore: Deno.build.os === "windows" };
const module = new URL(
  "../../../tools/homework/sandbox/lost_folder.ts",
  import.meta.url,
).href;

/** Runs code as somebody who is not root, which permissions do not hold; or as who we are. */
async function asUser(code: string, folder: string): Promise<string> {
  const user = Deno.uid() === 0
    ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    : ["env"];
  const [program, ...words] = user;
  await Deno.mkdir(`${folder}/deno`, { recursive: true, mode: 0o777 });
  await Deno.chmod(`${folder}/deno`, 0o777);
  const process = new Deno.Command(program, {
    args: [
      ...words,
      Deno.execPath(),
      "run",
      "-A",
      "--no-check",
      "--no-lock",
      "-",
    ],
    env: { DENO_DIR: `${folder}/deno`, NO_COLOR: "1" },
    cwd: folder,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  const { success, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return success ? text(stdout) : text(stderr);
}

Deno.test(
  "removeLocked() removes what its owner has locked",
  unixOnly,
  async () => {
    await withFolder(async (folder) => {
      await Deno.chmod(folder, 0o777);
      const said = await asUser(
        `import { removeLocked } from ${JSON.stringify(module)};
Deno.mkdirSync("locked/in/deep", { recursive: true });
Deno.writeTextFileSync("locked/in/deep/file", "1");
Deno.symlinkSync("/", "locked/in/link");
for (const path of ["locked/in/deep/file", "locked/in/deep", "locked/in", "locked"]) {
  Deno.chmodSync(path, 0);
}
await removeLocked("locked");
await removeLocked("locked"); // somebody else was there before
console.log("removed");`,
        folder,
      );
      assertEquals(said, "removed");
      assertEquals(await infoOf(`${folder}/locked`), undefined);
    });
  },
);

Deno.test("notMine() passes over what another user owns, and nothing else", () => {
  notMine(new Deno.errors.PermissionDenied("no"));
  for (const error of [new Deno.errors.NotFound("gone"), new TypeError("x")]) {
    assertThrows(() => notMine(error), Error, error.message);
  }
});

Deno.test(
  "LostFolder takes a copy that another user made, and leaves it alone",
  {
    ignore: Deno.uid() !== 0, // nobody else can give files away
  },
  async () => {
    await withFolder(async (folder) => {
      await Deno.chmod(folder, 0o755);
      const build = async (draft: string) => {
        await Deno.mkdir(draft, { mode: 0o755 });
        await Deno.writeTextFile(`${draft}/file`, "made by the first");
      };
      const made = await LostFolder.open(`${folder}/home`, build);
      const before = await Deno.stat(`${folder}/home/list.json`);
      const said = await asUser(
        `import { LostFolder } from ${JSON.stringify(module)};
const copy = await LostFolder.open("home", () => { throw new Error("made afresh"); });
console.log(Deno.readTextFileSync(copy.path + "/file"));`,
        folder,
      );
      assertEquals(said, "made by the first");
      assertEquals(made.isWhole(), true);
      const after = await Deno.stat(`${folder}/home/list.json`);
      assertEquals(after.mtime, before.mtime);
      await removeLocked(`${folder}/home`);
    });
  },
);
