import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Architecture,
  type Budget,
  budgetConditions,
  checkConditions,
  CheckError,
  layers,
  lenet,
  network,
} from "cnn";

const budget: Budget = {
  parameters: 61_706,
  multiplyAdds: 416_520,
};

function check(net: Architecture, limits: Partial<Budget> = {}) {
  const conditions = budgetConditions(net, { ...budget, ...limits });
  return checkConditions(conditions, { exercise: "1.1" });
}

Deno.test("budgetConditions() hold for a network exactly at its limits", () => {
  const conditions = budgetConditions(lenet(), budget);
  assertEquals(
    conditions.map(({ holds }) => holds),
    conditions.map(() => true),
  );
});

Deno.test("budgetConditions() name the limit that is passed", async () => {
  for (
    const [net, limits, mistake, found] of [
      [lenet(), { parameters: 61_705 }, "too many parameters", "61,706"],
      [lenet(), { multiplyAdds: 416_519 }, "too many multiply-adds", "416,520"],
      [
        lenet(),
        { without: ["avgPool2d", "maxPool2d"] },
        "a layer that is not allowed",
        'expected no avgPool2d or maxPool2d but found "pool1"',
      ],
      [
        lenet({ inputShape: [32, 32, 1] }),
        {},
        "another input shape",
        "[32, 32, 1]",
      ],
      [lenet({ classes: 9 }), {}, "not one logit a class", "dense [9]"],
      [
        network("with softmax", [28, 28, 1], [
          layers.flatten(),
          layers.dense({ units: 10 }),
          layers.softmax(),
        ]),
        {},
        "not one logit a class",
        "softmax [10]",
      ],
    ] as [Architecture, Partial<Budget>, string, string][]
  ) {
    const error = await assertRejects(() => check(net, limits), CheckError);
    assertEquals(
      [error.message.includes(mistake), error.message.includes(found)],
      [true, true],
      error.message,
    );
  }
});

Deno.test("budgetConditions() refuses a misspelt budget, which no network would pass by", () => {
  for (
    const [budget, found] of [
      [{ parameter: 10 }, '"parameter"'],
      [{ multiplyadds: 10 }, '"multiplyadds"'],
      [{ without: ["maxpool2d"] }, '"maxpool2d"'],
      [{ parameters: "10" }, '"10"'],
      [{ parameters: NaN }, "NaN"],
    ] as [Budget, string][]
  ) {
    const error = assertThrows(() => budgetConditions(lenet(), budget));
    const { message } = error as Error;
    assert(message.startsWith("budgetConditions() expects "), message);
    assert(message.includes(`found ${found}`), message);
  }
});
