/** Files that cannot be read: each is a reason in its student's row. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  readSubmission,
  sumOf,
} from "../../../tools/homework/grade/read_submission.ts";
import { withFolder } from "./fixture.ts";

const root = Deno.build.os !== "windows" && Deno.uid() === 0;

Deno.test("readSubmission() says why a file cannot be read", async () => {
  await withFolder(async (folder) => {
    const at = (name: string) => `${folder}/${name}`;
    await Deno.writeTextFile(at("file"), "{}");
    await Deno.mkdir(at("folder"));
    await Deno.symlink("file", at("link"));
    await Deno.symlink("loop", at("loop"));
    await Deno.writeTextFile(at("locked"), "{}");
    if (Deno.build.os !== "windows") await Deno.chmod(at("locked"), 0);
    await Deno.create(at("large")).then(async (file) => {
      await file.truncate(101 * 1048576);
      file.close();
    });
    const reasons: [name: string, reason: string][] = [
      ["none", "is gone, or its name is no UTF-8"],
      ["folder", "no file any more"],
      ["link", "a symbolic link"],
      ["large", "101 MB, more than the 100 MB"],
      ["file/x", "cannot be read"],
      ["x".repeat(300), "cannot be read"],
      ["loop/x", "cannot be read"],
      ...root ? [] : [["locked", "permissions forbid it"] as [string, string]],
    ];
    for (const [name, reason] of reasons) {
      const read = await readSubmission(at(name));
      assert(typeof read === "string", name);
      assertStringIncludes(read, reason, name);
      assertEquals(sumOf(read), read);
    }
    const read = await readSubmission(at("file"));
    assertEquals(read, new TextEncoder().encode("{}"));
    assertEquals(sumOf(read).length, 64);
  });
});
