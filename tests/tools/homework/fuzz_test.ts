/** A short fuzz; `deno task fuzz:homework` is the long one. */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { readIfThere } from "../../../tools/files.ts";
import { attackerOf } from "../../../tools/homework/fuzz/attacker.ts";
import { fuzzHomework } from "../../../tools/homework/fuzz/run.ts";
import { formatNotebook } from "cnn/homework";
import { fixturePath, instructor, withFolder } from "./fixture.ts";

const given = {
  notebook: formatNotebook(instructor),
  file: "90_fixture.ipynb",
};

Deno.test("attackerOf() draws the same student from a seed, and different kinds", async () => {
  const drawn = Array.from(
    { length: 60 },
    (_, seed) => attackerOf(seed, given),
  );
  assert(new Set(drawn.map(({ what }) => what)).size > 15);
  await withFolder(async (folder) => {
    const plain = drawn.filter(({ what }) => /^(values|answers)$/.test(what));
    for (const { student, write } of plain.slice(0, 5)) {
      await write(`${folder}/one`);
      await attackerOf(Number(student.slice(1)), given).write(`${folder}/two`);
      const path = `${student}/${given.file}`;
      const first = await readIfThere(`${folder}/one/${path}`);
      assert(first !== undefined && first !== given.notebook);
      assertEquals(await readIfThere(`${folder}/two/${path}`), first);
    }
  });
});

Deno.test("no odd student changes another one's row", async () => {
  if (Deno.build.os === "windows") return; // the shell writes the odd names
  const problems = await fuzzHomework({
    seed: 1,
    count: 8,
    notebook: fileURLToPath(fixturePath),
  });
  assertEquals(problems, []);
});
