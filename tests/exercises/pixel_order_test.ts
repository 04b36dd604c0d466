import { assert, assertMatch, assertRejects } from "@std/assert";
import {
  checkConditions,
  CheckError,
  checkPixelOrder,
  permutation,
  pixelOrderConditions,
  pixelOrderLoss,
} from "cnn";
import { quietly } from "./student.ts";

const identity = Array.from({ length: 16 }, (_, i) => i);
const check = (order: number[]) =>
  checkConditions(
    pixelOrderConditions(order, { width: 4, far: 2, share: 0.5 }),
    {
      exercise: "1.5",
    },
  );

Deno.test("pixelOrderConditions() accepts a picture moved by half its height", async () => {
  await check(identity.map((i) => (i + 8) % 16));
});

const wrong: [string, number[], string][] = [
  [
    "a pixel twice",
    identity.map((i) => i === 3 ? 2 : i),
    "15 of them different",
  ],
  ["a pixel missing", identity.slice(1), "found 15 numbers"],
  ["a pixel that is none", identity.map((i) => i === 3 ? 16 : i), "no order"],
  ["half a pixel", identity.map((i) => i === 3 ? 3.5 : i), "no order"],
  ["nothing moved", identity, "too few pixels move far"],
  ["columns swapped with neighbours", identity.map((i) => i ^ 1), "found 0:"],
];
for (const [name, order, message] of wrong) {
  Deno.test(`pixelOrderConditions() names the mistake: ${name}`, async () => {
    const error = await assertRejects(() => check(order), CheckError);
    assertMatch(error.message, new RegExp(message));
  });
}

Deno.test("pixelOrderLoss() tells an order that keeps neighbours from a random one", async () => {
  const upsideDown = Array.from({ length: 784 }, (_, i) => 783 - i);
  const kept = await pixelOrderLoss(upsideDown);
  const random = await pixelOrderLoss(permutation(784, 3));
  // One seed alone: -0.042 to 0.019 and 0.094 to 0.154 over four seeds.
  assert(Math.abs(kept) < 0.04, `upside down ${kept}`);
  assert(random > 0.08, `random ${random}`);
});

Deno.test("pixelOrderLoss() refuses what is no order of 784 pixels", async () => {
  await assertRejects(
    () => pixelOrderLoss(identity),
    RangeError,
    "expects each of 0 to 783 once",
  );
});

Deno.test("checkPixelOrder() accepts a picture upside down, and names what is wrong", async () => {
  const exercise = { exercise: "1.5" };
  const upsideDown = () => Array.from({ length: 784 }, (_, i) => 783 - i);
  await quietly(() => checkPixelOrder(upsideDown, exercise));
  const mistakes: [() => ArrayLike<number>, string][] = [
    [() => Array.from({ length: 784 }, (_, i) => i), "too few pixels move far"],
    [() => [], "no order of all pixels"],
    [() => permutation(784, 3), "the CNN minds this order"],
    [upsideDown() as unknown as () => number[], "no function"],
  ];
  for (const [order, mistake] of mistakes) {
    await assertRejects(
      () => quietly(() => checkPixelOrder(order, exercise)),
      CheckError,
      mistake,
    );
  }
});
