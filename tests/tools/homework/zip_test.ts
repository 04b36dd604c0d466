/** Zip files are looked into, and nothing of them reaches the disk. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { zipSync } from "fflate";
import { findSubmissions } from "../../../tools/homework/grade/find_submissions.ts";
import { readSubmission } from "../../../tools/homework/grade/read_submission.ts";
import { listZip, readZip } from "../../../tools/homework/grade/zip_entries.ts";
import { handIn, withFolder } from "./fixture.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const hw = "90_fixture";

/** What is read for each student: the text of the notebook, or why there is none. */
async function read(files: Record<string, string | Uint8Array>) {
  const result: Record<string, string> = {};
  let ignored: readonly string[] = [];
  await withFolder(async (folder) => {
    await handIn(folder, files);
    const found = await findSubmissions(folder, [hw]);
    ignored = found.ignored;
    for (const { student, path, entry, problem } of found.submissions) {
      const text = path === undefined
        ? problem!.text
        : await readSubmission(path, entry);
      result[student] = typeof text === "string"
        ? text
        : new TextDecoder().decode(text);
    }
    assertEquals(
      [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
      [...new Set(Object.keys(files).map((path) => path.split("/")[0]))].sort(),
    );
  });
  return { result, ignored };
}

Deno.test("findSubmissions() accepts what our own zips unpack to, and the zips", async () => {
  const whole = zipSync({
    [`${hw}/notebooks/${hw}.ipynb`]: bytes("zipped"),
    [`${hw}/lib/mod.ts`]: bytes("x"),
  });
  const { result, ignored } = await read({
    [`ann/${hw}/notebooks/${hw}.ipynb`]: "unpacked",
    [`ben/homework/notebooks/${hw}.ipynb`]: "of several",
    "cem/hw.zip": whole,
    "dee/mine.zip": zipSync({ [`${hw}.ipynb`]: bytes("at the top") }),
    // What lies unpacked counts before an archive.
    [`eve/${hw}.ipynb`]: "plain",
    "eve/old.zip": whole,
    "eve/notes.txt": "...",
  });
  assertEquals(result, {
    ann: "unpacked",
    ben: "of several",
    cem: "zipped",
    dee: "at the top",
    eve: "plain",
  });
  assertEquals(ignored, [
    'eve: no notebook that is looked for: "notes.txt", "old.zip"',
  ]);
});

Deno.test("findSubmissions() refuses names that lead out, links, and two files of one name", async () => {
  const link = { attrs: 0o120777 << 16, os: 3 } as const;
  const { result } = await read({
    "ann/a.zip": zipSync({ [`../../${hw}.ipynb`]: bytes("slip") }),
    "ben/a.zip": zipSync({ [`/etc/${hw}.ipynb`]: bytes("absolute") }),
    "cem/a.zip": zipSync({ [`C:\\x\\${hw}.ipynb`]: bytes("drive") }),
    "dee/a.zip": zipSync({ [`${hw}.ipynb`]: [bytes("/etc/passwd"), link] }),
    "eve/a.zip": zipSync({
      [`${hw}.ipynb`]: bytes("one"),
      [`notebooks/${hw}.ipynb`]: bytes("two"),
    }),
    "fay/a.zip": zipSync({ [`${hw}.ipynb`]: bytes("x") }).slice(0, 40),
    "gus/a.zip": twice(),
  });
  for (const student of ["ann", "ben", "cem"]) {
    assertStringIncludes(result[student], "leads out of the archive");
  }
  assertStringIncludes(result.dee, "a symbolic link");
  assertStringIncludes(result.eve, "different files for one assignment");
  assertStringIncludes(result.fay, "archive");
  assertStringIncludes(result.gus, "different files for one assignment");
});

/** An archive with two entries of one name, made of two that differ in it. */
function twice(): Uint8Array {
  const zip = zipSync({
    [`${hw}.ipynb`]: bytes("one"),
    [`${hw}.ipynB`]: bytes("two!"),
  });
  const text = bytes(`${hw}.ipynB`);
  for (let at = 0; at + text.length <= zip.length; at++) {
    if (text.every((byte, i) => zip[at + i] === byte)) {
      zip[at + text.length - 1] = "b".charCodeAt(0);
    }
  }
  return zip;
}

Deno.test("readZip() writes no more than an entry says, and refuses the rest", () => {
  const zip = zipSync({ "a.ipynb": new Uint8Array(5_000_000) });
  const [entry] = listZip(zip) as Exclude<ReturnType<typeof listZip>, string>;
  assertEquals(entry.size, 5_000_000);
  assertEquals((readZip(zip, entry) as Uint8Array).length, 5_000_000);
  // A bomb says little and holds much; one that says much is not read at all.
  const small = readZip(zip, { ...entry, size: 1000 });
  assert(typeof small === "string" || small.length === 1000);
  assertEquals(
    readZip(zip, { ...entry, size: 6_000_000 }),
    "The file in the archive is damaged",
  );
  const view = new DataView(zip.buffer);
  for (let at = 0; at < zip.length - 4; at++) {
    if (view.getUint32(at, true) === 0x02014b50) {
      view.setUint32(at + 24, 3_000_000_000, true);
    }
  }
  const [bomb] = listZip(zip) as Exclude<ReturnType<typeof listZip>, string>;
  assertEquals(
    readZip(zip, bomb),
    "The file in the archive is too large to be read",
  );
});

Deno.test("listZip() bears every cut and every changed byte", () => {
  const zip = zipSync({ [`${hw}.ipynb`]: bytes("{}"), "b.txt": bytes("b") });
  for (let length = 0; length < zip.length; length++) {
    assertEquals(typeof listZip(zip.slice(0, length)), "string");
  }
  for (let at = 0; at < zip.length; at++) {
    const changed = zip.slice();
    changed[at] ^= 0xff;
    const entries = listZip(changed);
    if (typeof entries === "string") continue;
    for (const entry of entries) {
      const found = readZip(changed, entry);
      assert(typeof found === "string" || found.length === entry.size);
    }
  }
});
