/**
 * docs/glossary.md holds the words that a notebook gives in bold with the Korean term,
 * all of them and no other.
 *
 * New words and their places come from the notebooks, meanings are written by hand:
 * `deno test -A --no-check tests/notebooks/glossary_test.ts -- --update`.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { readNotebook } from "../../tools/homework/notebook/load.ts";
import type { Notebook } from "../../tools/homework/notebook/notebook.ts";
import { fixture } from "../tools/fixture.ts";
import { order } from "./order.ts";

const page = join(root, "docs", "glossary.md");
const renew =
  "renew it: deno test -A --no-check tests/notebooks/glossary_test.ts -- --update";

/** A row of the glossary. */
interface Row {
  readonly english: string;
  readonly korean: string;
  readonly meaning: string;
  readonly where: string;
}

/** Small letters, no plural: "Kernels" and "kernel" are one word. */
const keyOf = (english: string) =>
  english.toLowerCase().replace(/(?<=[^s])s$/, "");

/** Words of a notebook in bold with a Korean term behind, where they are first. */
function wordsOf(name: string, { cells }: Pick<Notebook, "cells">): Row[] {
  const found = new Map<string, Row>();
  let title = "";
  for (const { type, source } of cells) {
    if (type !== "markdown") continue;
    const words = source.matchAll(
      /^#+ (.*)$|\*\*([^*]+)\*\*\s*\(([^()]*\p{Script=Hangul}[^()]*)\)/gmu,
    );
    for (const [, heading, english, korean] of words) {
      if (heading !== undefined) title = heading;
      else if (!found.has(keyOf(english))) {
        const where = `[${name.split("_")[0]}](../notebooks/${name}), ${title}`;
        const [one, other] = [english, korean].map((text) =>
          text.replaceAll(/\s+/g, " ").replaceAll("**", "")
        );
        found.set(keyOf(one), {
          english: one,
          korean: other,
          meaning: "",
          where,
        });
      }
    }
  }
  return [...found.values()];
}

/** The rows of the page. */
function rowsOf(text: string): Row[] {
  return text.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => {
      const [, english, korean, meaning, where] = line.split("|")
        .map((cell) => cell.trim());
      return { english, korean, meaning, where };
    });
}

/** The first row of each word. @throws {Error} One word with two Korean terms. */
function firstOf(rows: readonly Row[]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const first = found.get(keyOf(row.english));
    if (first === undefined) found.set(keyOf(row.english), row);
    else if (first.korean !== row.korean) {
      throw new Error(
        `${row.english} is ${first.korean} in ${first.where}, and ${row.korean} in ${row.where}: use one Korean term`,
      );
    }
  }
  return [...found.values()];
}

async function wordsOfCourse(): Promise<Row[]> {
  const words: Row[] = [];
  for (const name of order.map((name) => `${name}.ipynb`)) {
    const notebook = await readNotebook(join(root, "notebooks", name));
    words.push(...wordsOf(name, notebook));
  }
  return firstOf(words);
}

/** The page with these words, and the meanings that it had. */
async function renewed(words: readonly Row[], text: string): Promise<string> {
  const old = new Map(rowsOf(text).map((row) => [keyOf(row.english), row]));
  const rows = words.map((word) => {
    const { english, meaning } = old.get(keyOf(word.english)) ?? word;
    return { ...word, english, meaning };
  }).toSorted((a, b) => keyOf(a.english) < keyOf(b.english) ? -1 : 1);
  const head = text.slice(0, text.indexOf("\n| ") + 1);
  const table = [
    "| English | Korean | meaning | where |",
    "| --- | --- | --- | --- |",
    ...rows.map((row) =>
      `| ${row.english} | ${row.korean} | ${row.meaning} | ${row.where} |`
    ),
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await new Blob([head + table.join("\n") + "\n"]).stream().pipeTo(child.stdin);
  return new TextDecoder().decode((await child.output()).stdout);
}

Deno.test("the glossary has every word that a notebook gives in bold with its Korean term, and no other", async () => {
  const words = await wordsOfCourse();
  if (Deno.args.includes("--update")) {
    const text = await Deno.readTextFile(page);
    await Deno.writeTextFile(page, await renewed(words, text));
  }
  const plain = (rows: readonly Row[]) =>
    rows.map(({ english, korean, where }) =>
      `${keyOf(english)} | ${korean} | ${where}`
    ).sort();
  const rows = rowsOf(await Deno.readTextFile(page));
  assertEquals(plain(rows), plain(words), renew);
});

Deno.test("the glossary says of each word in one sentence what it means", async () => {
  const rows = rowsOf(await Deno.readTextFile(page));
  const odd = rows.filter(({ meaning }) =>
    !/^\S.{10,160}\.$/.test(meaning) || /[.!?] [A-Z]/.test(meaning)
  );
  assertEquals(odd.map(({ english }) => english), []);
  const sorted = rows.map(({ english }) => keyOf(english));
  assertEquals(sorted, sorted.toSorted(), "in the order of the alphabet");
});

Deno.test("words are found once, over a line's end, under the title above them", () => {
  const notebook = fixture([
    {
      type: "markdown",
      source: "# Top\n\nA **kernel** (커널), **bold**, dense (완전).",
    },
    {
      type: "markdown",
      source:
        "## Next\n\n**Receptive\nfield** (수용\n영역) and **Kernels** (커널)",
    },
    "// **code** (코드)",
  ]);
  const link = "[02](../notebooks/02_x.ipynb), ";
  assertEquals(
    wordsOf("02_x.ipynb", notebook).map((
      { english, korean, where },
    ) => [english, korean, where]),
    [["kernel", "커널", `${link}Top`], [
      "Receptive field",
      "수용 영역",
      `${link}Next`,
    ]],
  );
});

Deno.test("one word with two Korean terms is refused", () => {
  const row = { english: "loss", korean: "손실", meaning: "", where: "A" };
  assertEquals(firstOf([row, { ...row, english: "Loss", where: "B" }]), [row]);
  assertThrows(
    () => firstOf([row, { ...row, korean: "로스", where: "B" }]),
    Error,
    "use one Korean term",
  );
});
