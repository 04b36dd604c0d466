import { assertEquals, assertThrows } from "@std/assert";
import {
  readOptions,
  UsageError,
  withoutArguments,
  withoutFlags,
} from "../../tools/options.ts";
import { SetupError } from "../../tools/process.ts";

const known = {
  out: { type: "string" },
  quick: { type: "boolean", default: false },
  notebook: { type: "string", multiple: true },
} as const;
const read = (...args: string[]) =>
  readOptions("make", args, known, (why, odd) => `make found ${odd}: ${why}`);

Deno.test("readOptions() gives values with their defaults, and what has no name", () => {
  const { values, positionals } = read("a", "--out", "b", "c");
  assertEquals({ ...values }, { out: "b", quick: false });
  assertEquals(positionals, ["a", "c"]);
  assertEquals(read("--notebook=a", "--notebook=b").values.notebook, [
    ...["a", "b"],
  ]);
});

for (
  const [what, args, message] of [
    ["an option", ["a", "--outt=b"], "found --outt=b: Unknown option '--outt'"],
    ["a short one", ["-o", "b"], "found -o: Unknown option '-o'"],
    [
      "a value that is missing",
      ["--out"],
      "found --out: Option '--out <value>'",
    ],
    [
      "a value too many",
      ["--quick=yes"],
      "found --quick=yes: Option '--quick'",
    ],
    ["one twice", ["--out=a", "--out=b"], "make expects --out once but found"],
  ] as const
) {
  Deno.test(`readOptions() refuses ${what}, by a wrong call's status`, () => {
    const error = assertThrows(() => read(...args), UsageError, message);
    assertEquals(error instanceof SetupError, true);
    assertEquals(error.status, 2);
  });
}

Deno.test("withoutFlags() names the flag that a tool without options found", () => {
  assertEquals(withoutFlags("clean", ["a", "b"]), ["a", "b"]);
  assertThrows(
    () => withoutFlags("clean", ["a", "--all"]),
    SetupError,
    "clean expects no option but found --all: leave it out.",
  );
});

Deno.test("withoutArguments() names what a task without any found", () => {
  withoutArguments("ok", []);
  const error = assertThrows(
    () => withoutArguments("ok", ["lib", "tests"]),
    UsageError,
    "ok expects nothing but found lib: leave it out.",
  );
  assertEquals(error.status, 2);
});
