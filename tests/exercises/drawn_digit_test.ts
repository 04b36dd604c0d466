import { assertMatch, assertRejects } from "@std/assert";
import { checkDrawnDigit, CheckError, type DrawnDigit } from "cnn";
import { quietly } from "./student.ts";

const seven = [
  "..............",
  "..............",
  "...########...",
  "...########...",
  ".........##...",
  "........##....",
  ".......##.....",
  ".......##.....",
  "......##......",
  "......##......",
  "......##......",
  "......##......",
  "..............",
  "..............",
];
const exercise = { exercise: "0.3" };

Deno.test("checkDrawnDigit() accepts a 7, with short rows and other paper too", async () => {
  await quietly(() =>
    checkDrawnDigit(() => ({ rows: seven, digit: 7 }), exercise)
  );
  const short = seven.map((row) =>
    row.replace(/\.+$/, "").replaceAll(".", " ")
  );
  short[0] = seven[0];
  await quietly(() =>
    checkDrawnDigit(() => ({ rows: short, digit: 7 }), exercise)
  );
});

const wrong: [string, unknown, RegExp][] = [
  ["another digit meant", { rows: seven, digit: 3 }, /another digit.*says 7/],
  ["nothing returned", undefined, /no drawing with its digit/],
  ["a digit that is none", { rows: seven, digit: 17 }, /no drawing/],
  ["a drawing that is none", { rows: "#", digit: 1 }, /no drawing/],
  ["nine rows", { rows: seven.slice(0, 9), digit: 7 }, /9 rows of 14/],
  ["nine columns", { rows: Array(12).fill("####"), digit: 1 }, /12 rows of 4/],
];
for (const [name, answer, message] of wrong) {
  Deno.test(`checkDrawnDigit() names the mistake: ${name}`, async () => {
    const draw = () => answer as DrawnDigit;
    const error = await assertRejects(
      () => quietly(() => checkDrawnDigit(draw, exercise)),
      CheckError,
    );
    assertMatch(error.message, message);
  });
}

Deno.test("checkDrawnDigit() wants the function itself", async () => {
  const draw = { rows: seven, digit: 7 } as unknown as () => DrawnDigit;
  await assertRejects(
    () => checkDrawnDigit(draw, exercise),
    CheckError,
    "no function",
  );
});
