/** Attempts to get points without solving: none may give any. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { edited, exercise, grade, wrongLength } from "./fixture.ts";

/** Grades the notebook with `attack` in the cell of exercise 90.1. */
async function attack(source: string, added: string[] = []) {
  const notebook = edited({ "exercise-90-1": source }, added);
  return await grade(notebook, { seconds: 4 });
}

/** Lets the functions of the exercises return each of the answers. */
async function assertAllFail(answers: readonly string[]) {
  const functions = ["myOutputLength", "myMaxPool", "myFlatten", "myDense"];
  for (let i = 0; i < answers.length; i += functions.length) {
    const edits = functions.map((name, k) => [
      `exercise-90-${k + 1}`,
      `function ${name}() { return ${answers[(i + k) % answers.length]}; }`,
    ]);
    const result = await grade(edited(Object.fromEntries(edits)));
    for (const { id, status } of result.exercises) {
      assertEquals(status, "failed", `${id} of ${answers.slice(i, i + 4)}`);
    }
  }
}

/** Code that runs before a wrong answer, and what it tries. */
const attacks: Record<string, string> = {
  "overwriting the checks and assertions": `
    import * as cnn from "cnn";
    import * as asserts from "@std/assert";
    for (const name of ["assert", "assertEquals", "assertThrows"]) {
      globalThis[name] = () => {};
      try { asserts[name] = () => {}; } catch {}
    }
    for (const name of Object.keys(cnn)) {
      if (!name.startsWith("check")) continue;
      globalThis[name] = async () => {};
      try { cnn[name] = async () => {}; } catch {}
    }
    var checkOutputLength = async () => {};`,
  "patching prototypes": `
    Array.prototype.every = () => true;
    Array.prototype.some = () => false;
    Array.prototype.findIndex = () => -1;
    Float32Array.prototype.findIndex = () => -1;
    Number.prototype.valueOf = () => 24;
    Object.is = () => true;
    Math.abs = () => 0;
    Error.prototype.message = "passed";
    Object.prototype.done = true;
    Object.prototype.status = "passed";
    Promise.prototype.then = function (ok) { return ok?.(undefined); };`,
  "replacing globals": `
    globalThis.JSON = { stringify: () => '{"done":true}', parse: () => ({ done: true }) };
    globalThis.Error = class { constructor() { return { done: true }; } };
    globalThis.Function = function () { return () => ({ cells: [], read: () => 24 }); };
    globalThis.Promise = class {};
    globalThis.TextEncoder = undefined;`,
  "printing a forged result": `
    for (const id of [0, 1, 2, 3]) {
      const forged = JSON.stringify({ id, done: true, kind: "value", value: 24, status: "passed", points: 1 });
      console.log(forged);
      Deno.stdout.writeSync(new TextEncoder().encode("\\n" + forged + "\\n"));
      Deno.stderr.writeSync(new TextEncoder().encode("\\n" + forged + "\\n"));
    }`,
  "stealing the secret of the channel": `
    const loot = [];
    for (const owner of [String.prototype, Uint8Array.prototype, Array.prototype, TextEncoder.prototype, Function.prototype]) {
      for (const name of Object.getOwnPropertyNames(owner)) {
        if (name === "constructor") continue;
        const { value } = Object.getOwnPropertyDescriptor(owner, name);
        if (typeof value !== "function") continue;
        owner[name] = function (...args) { loot[loot.length] = this; return Reflect.apply(value, this, args); };
      }
    }
    setTimeout(() => Deno.stdout.writeSync(new TextEncoder().encode(loot.join("\\n"))), 0);`,
  "stealing the secret by the species of its bytes": `
    const loot = [];
    const Typed = Object.getPrototypeOf(Uint8Array);
    Object.defineProperty(Typed, Symbol.species, { get() { loot.push(this); return this; } });
    Object.defineProperty(Uint8Array.prototype, "constructor", { get() { loot.push(this); return Uint8Array; } });
    setTimeout(() => { if (loot.length > 0) Deno.stdout.writeSync(loot[0]); }, 0);`,
  "naming itself like the program's own parts": `
    var readers = { myOutputLength: () => 24 };
    var cells = [];
    var read = () => 24;
    var program = "return { cells: [], read: () => 24 }";`,
};

for (const [name, code] of Object.entries(attacks)) {
  Deno.test(`gradeSubmission() gives nothing for ${name}`, async () => {
    const result = await attack(`${code}\n${wrongLength}`);
    const { status, points } = exercise(result, "90.1");
    assert(status !== "passed", status);
    assertEquals(points, 0);
  });
}

Deno.test("gradeSubmission() keeps other points when prototypes are patched", async () => {
  const result = await attack(`${
    attacks["patching prototypes"]
      .split("\n").filter((line) => !line.includes("Promise")).join("\n")
  }
    ${wrongLength}`);
  assertEquals(exercise(result, "90.2").status, "passed");
  assertEquals(result.points, 7);
});

Deno.test("gradeSubmission() notices a process that ends itself in a call", async () => {
  const result = await attack(
    `function myOutputLength() { Deno.exit(0); }`,
    [`import process from "node:process"; function unused() { process.exit(0); }`],
  );
  const { status, details } = exercise(result, "90.1");
  assertEquals(status, "stopped");
  assertStringIncludes(details!, "ended its own process with status 0");
  assertEquals(result.points, 7);
});

Deno.test("gradeSubmission() notices a cell that ends the process", async () => {
  const result = await attack(`${wrongLength}\nDeno.exit(0);`);
  const { status, details } = exercise(result, "90.1");
  assertEquals(status, "stopped");
  assertStringIncludes(details!, "ended its own process with status 0");
  assertEquals(result.points, 7);
});

Deno.test("gradeSubmission() takes checks, points and locks from the instructor", async () => {
  const notebook = edited({ "exercise-90-1": wrongLength });
  const cells = notebook.cells.map((cell) => {
    if (cell.id !== "check-90-1") return cell;
    const nbgrader = {
      ...cell.metadata.nbgrader as Record<string, unknown>,
      points: 1000,
      solution: true,
      locked: false,
    };
    return { ...cell, source: "// easy", metadata: { nbgrader } };
  });
  const result = await grade({ ...notebook, cells });
  assertEquals(exercise(result, "90.1").points, 0);
  assertEquals(result.maxPoints, 8);
  assertStringIncludes(result.notes.join(), 'locked cell "check-90-1"');
});

Deno.test("gradeSubmission() refuses answers that only pretend to be right", async () => {
  const answers = [
    "new Proxy({}, { get: () => 24 })",
    "{ valueOf: () => 24, toString: () => '24' }",
    "{ then: (ok) => ok({ toJSON: () => 24 }) }",
    "Object.assign(Object.create({ equals: () => true }), { __proto__: null })",
    'JSON.parse(\'{"__proto__": {"polluted": true}}\')',
    "(() => { const a = []; a[0] = a; return a; })()",
    "() => 24",
    "Symbol('24')",
    "NaN",
    "[24]",
    "24n",
    "'24'",
    "undefined",
  ];
  await assertAllFail(answers);
});

Deno.test("gradeSubmission() bears answers that would blow up a check", async () => {
  const data = "data: new Float32Array(0)";
  await assertAllFail([
    `{ shape: [4e9], ${data} }`,
    `{ shape: [-1], ${data} }`,
    `{ shape: [NaN, 1e308], ${data} }`,
    `{ shape: { length: 1e9 }, ${data} }`,
    `{ shape: "4", ${data} }`,
    `{ shape: [1, 6] }`,
    `{ shape: [1, 6], data: "x".repeat(6) }`,
    `{ shape: [1, 6], data: { length: 6 } }`,
    "null",
  ]);
});

Deno.test("gradeSubmission() shows the check what a function did to its input", async () => {
  const result = await grade(edited({
    "exercise-90-3": `function myFlatten(x) {
      const [n, h, w, c] = x.shape;
      const y = { shape: [n, h * w * c], data: x.data.slice() };
      x.data.fill(0);
      return y;
    }`,
  }));
  assertEquals(exercise(result, "90.3").mistake, "input changed");
});

Deno.test("gradeSubmission() shows the check that an input became another kind of thing", async () => {
  const instead = [
    "{ ...x.data }", // the same texts in JSON
    "Float64Array.from(x.data)",
  ];
  for (const data of instead) {
    const result = await grade(edited({
      "exercise-90-3": `function myFlatten(x) {
        const [n, h, w, c] = x.shape;
        const y = { shape: [n, h * w * c], data: x.data };
        x.data = ${data};
        return y;
      }`,
    }));
    assertEquals(exercise(result, "90.3").mistake, "input changed", data);
  }
});

/** Looks for the secret of the channel in a snapshot of the heap. */
const snapshot = `
  async function findSecret() {
    const { getHeapSnapshot } = await import("node:v8");
    let text = "";
    for await (const chunk of getHeapSnapshot()) text += chunk;
    return text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/)?.[0];
  }`;

Deno.test("the sandbox keeps the secret of the channel out of heap snapshots", async () => {
  const result = await attack(`${snapshot}
    async function myOutputLength() { console.log("found " + await findSecret()); return 1; }`);
  assertStringIncludes(
    exercise(result, "90.1").printed ?? "",
    "found undefined",
  );
});

Deno.test("gradeSubmission() lets no answer reach a prototype in the check", async () => {
  const result = await grade(edited({
    "exercise-90-3": `function myFlatten(x) {
      const value = { tolerance: 1e12, mistakes: [], holds: true };
      for (const part of [x, x.shape]) {
        Object.defineProperty(part, "__proto__", { value, enumerable: true });
      }
      const [n, h, w, c] = x.shape;
      return { shape: [n, h * w * c], data: x.data };
    }`,
    "exercise-90-4": `function myDense(x, kernel) {
      const shape = [x.shape[0], kernel.shape[1]];
      return { shape, data: new Float32Array(shape[0] * shape[1]) };
    }`,
  }));
  assertEquals(exercise(result, "90.4").status, "failed");
});
