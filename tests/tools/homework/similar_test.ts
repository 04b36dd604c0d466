/** Code in common is found behind other names, and only where it is the students' own. */
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { studentVersion } from "cnn/homework";
import { homework } from "../../../tools/homework/commands/main.ts";
import { similarPairs } from "../../../tools/homework/similar/pairs.ts";
import { tokensOf } from "../../../tools/homework/similar/tokens.ts";
import {
  edited,
  fixturePath,
  handIn,
  instructor,
  withFolder,
} from "./fixture.ts";

const pooling = `
function myMaxPool(x, { poolSize, strides }) {
  const [n, h, w, c] = x.shape;
  const rows = Math.floor((h - poolSize) / strides) + 1;
  const columns = Math.floor((w - poolSize) / strides) + 1;
  return map(zeros([n, rows, columns, c]), (_, image, i, j, k) => {
    let best = -Infinity;
    for (let p = 0; p < poolSize * poolSize; p++) {
      const row = i * strides + Math.floor(p / poolSize);
      const value = at(x, image, row, j * strides + p % poolSize, k);
      if (value > best) best = value;
    }
    return best;
  });
}`;

/** The same behind other names, comments, layout, quotes and declarations. */
const disguised = "// all mine\n" + pooling
  .replaceAll(/\b(rows|columns|best|image|value|row)\b/g, "my_$1")
  .replaceAll("const ", "let ").replaceAll(";", " ; /* own */")
  .replaceAll("\n", "\n\n");

/** Another way to the same. */
const other = `
function myMaxPool(x, options) {
  const shape = [...x.shape];
  for (const axis of [1, 2]) {
    shape[axis] = 1 + ((shape[axis] - options.poolSize) / options.strides | 0);
  }
  const result = zeros(shape);
  result.data.forEach((_, place) => {
    const where = shape.map((size, axis) =>
      Math.floor(place / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % size);
    const window = [];
    while (window.length < options.poolSize ** 2) {
      window.push(at(x, where[0], where[1] * options.strides + Math.trunc(window.length / options.poolSize),
        where[2] * options.strides + window.length % options.poolSize, where[3]));
    }
    result.data[place] = Math.max.apply(null, window);
  });
  return result;
}`;

Deno.test("similarPairs() finds a copy behind other names, and no other way to the same", () => {
  const [pair, ...more] = similarPairs(
    [
      { name: "zoe", cells: [pooling] },
      { name: "ann", cells: [disguised] },
      { name: "ben", cells: [other] },
    ],
    [],
    0.4,
  );
  assertEquals([pair.left, pair.right, more], ["ann", "zoe", []]);
  assert(pair.share > 0.95, String(pair.share));
  assertStringIncludes(pair.passages[0].left, "my_best");
  assertStringIncludes(pair.passages[0].right, "let best = -Infinity");
});

Deno.test("similarPairs() finds a part in what is larger", () => {
  const [pair] = similarPairs(
    [
      { name: "ann", cells: [other, pooling] },
      { name: "ben", cells: [disguised] },
    ],
    [],
    0.3,
  );
  assert(pair.share > 0.3 && pair.share < 0.95, String(pair.share));
});

Deno.test("similarPairs() passes over what was given, and what half of a class wrote", () => {
  const works = [{ name: "ann", cells: [pooling] }, {
    name: "ben",
    cells: [disguised],
  }];
  assertEquals(similarPairs(works, [pooling], 0.1), []);
  const many = Array.from({ length: 12 }, (_, i) => ({
    name: `s${i}`,
    cells: [i < 9 ? pooling : other],
  }));
  const found = similarPairs(many, [], 0.1);
  assertEquals(found.map(({ left, right }) => left + right), [
    "s10s11",
    "s10s9",
    "s11s9",
  ]);
});

Deno.test("similarPairs() shows no lines that a longer passage has shown", () => {
  const loops = Array.from(
    { length: 4 },
    (_, i) =>
      `for (let a = 0; a < n; a++) for (let b = 0; b < m; b++) sum += x[a * m + b] * ${i};`,
  )
    .join("\n");
  const [pair] = similarPairs(
    ["ann", "ben"].map((name) => ({ name, cells: [loops, pooling] })),
    [],
    0.1,
  );
  const lines = pair.passages.flatMap(({ left }) => left.split("\n"))
    .filter((line) => line.startsWith("for (let a"));
  assertEquals(lines.length, new Set(lines).size);
});

Deno.test("tokensOf() bears code that does not parse, and reads templates", () => {
  const kinds = (code: string) => tokensOf(code).map(({ kind }) => kind);
  assertEquals(
    kinds("const a = `x${b}y${{ c: 1 }}z`;"),
    kinds("let q = `${r}-${{ s: 22 }}`"),
  );
  assert(kinds("a + b").join() !== kinds("a * b").join());
  for (
    const broken of ["`${", "}}}}", "/*", "'", "`${`${`", "\\u{110000}", "@#§"]
  ) tokensOf(broken);
  assertEquals(
    tokensOf("x\n  yy").map(({ row, from, to }) => [row, from, to]),
    [[0, 0, 1], [1, 2, 4]],
  );
});

Deno.test("similar writes a page of its own, and stubs are like each other without a word", async () => {
  await withFolder(async (folder) => {
    const own = (code: string) => edited({ "exercise-90-2": code });
    await handIn(folder, {
      "in/ann/90_fixture.ipynb": own(pooling),
      "in/ben/90_fixture.ipynb": own(disguised.replace("all mine", "<script>")),
      "in/cem/90_fixture.ipynb": studentVersion(instructor),
      "in/dee/90_fixture.ipynb": studentVersion(instructor),
      "in/eve/90_fixture.ipynb": "no notebook",
    });
    const args = [`${folder}/in`, "--out", `${folder}/out`, "--least", "10"];
    const status = await homework([
      "similar",
      ...args,
      "--notebook",
      fileURLToPath(fixturePath),
    ]);
    assertEquals(status, 0);
    assertEquals(
      [...Deno.readDirSync(`${folder}/out`)].map(({ name }) => name).sort(),
      [".manifest", "similar.html"],
    );
    const page = await Deno.readTextFile(`${folder}/out/similar.html`);
    assertStringIncludes(page, "ann and ben");
    assert(!page.includes("cem") && !page.includes("<script>"), page);
  });
});
