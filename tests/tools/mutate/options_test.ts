import { assertEquals, assertThrows } from "@std/assert";
import { mutateOptions } from "../../../tools/mutate.ts";
import { SetupError } from "../../../tools/process.ts";

Deno.test("deno task mutate reads rooms, files and numbers", () => {
  const usual = {
    ...{ rooms: [], files: [], sample: 20, seed: 1, others: 60 },
    ...{ notebooks: [], help: false },
  };
  assertEquals(mutateOptions([]), usual);
  assertEquals(
    mutateOptions(["--room=layers", "--room", "train", "--sample=3", "a.ts"]),
    { ...usual, rooms: ["layers", "train"], sample: 3, files: ["a.ts"] },
  );
  assertEquals(mutateOptions(["--notebooks", "--seed=7"]), {
    ...usual,
    ...{ notebooks: [""], seed: 7 },
  });
  assertEquals(mutateOptions(["--notebook=02", "--notebook=A"]), {
    ...usual,
    notebooks: ["02", "A"],
  });
});

for (
  const [args, message] of [
    [["--rooms=layers"], "Unknown option '--rooms'"],
    [
      ["--sample=0"],
      '--sample expects a whole number of 1 or more but found "0"',
    ],
    [["--sample=1.5"], 'found "1.5"'],
    [["--seed="], '--seed expects a whole number of 0 or more but found ""'],
    [["--seed=1", "--seed=2"], "expects --seed once"],
  ] as const
) {
  Deno.test(`deno task mutate refuses ${args.join(" ")}`, () => {
    assertThrows(() => mutateOptions(args), SetupError, message);
  });
}
