import { assertEquals, assertThrows } from "@std/assert";
import {
  avgPool2dBackward,
  maxPool2dBackward,
  poolGradient,
  poolSteps,
  randomNormal,
  tensor,
  zeros,
} from "cnn";

const x = tensor([[1, 3, 0, 2], [2, 0, 4, 4]]);
const dy = tensor([[5, 6]]);

Deno.test("poolSteps() hands each gradient to the first maximum", () => {
  const steps = poolSteps(x, dy);
  assertEquals(steps.map((s) => s.receivers), [[[0, 1]], [[1, 2]]]);
  assertEquals(steps[0].dx, [[0, 5, 0, 0], [0, 0, 0, 0]]);
  assertEquals(steps[1].dx, [[0, 5, 0, 0], [0, 0, 6, 0]]);
  assertEquals(steps[0].cells, [[0, 0], [0, 1], [1, 0], [1, 1]]);
});

Deno.test("poolSteps() says what happens, ties too", () => {
  assertEquals(poolSteps(x, dy).map((step) => step.line), [
    "The maximum is 3: its pixel, in row 0, column 1, gets all of 5",
    "2 pixels hold the maximum 4: the first, in row 1, column 2, gets all of 6",
  ]);
  assertEquals(
    poolSteps(x, dy, { kind: "average" })[0].line,
    "4 pixels share: each gets 5 / 4",
  );
});

Deno.test("poolSteps() shows the receiver of a gradient of 0 too", () => {
  const steps = poolSteps(x, tensor([[0, 1]]));
  assertEquals(steps[0].receivers, [[0, 1]]);
});

Deno.test("poolSteps() ends with the gradient of the whole pooling", () => {
  const image = randomNormal([7, 6], 1, { dtype: "float64" });
  const options = { poolSize: 3, strides: 2, padding: "same" } as const;
  const given = randomNormal([4, 3], 2, { dtype: "float64" });
  for (const kind of ["max", "average"] as const) {
    const backward = kind === "max" ? maxPool2dBackward : avgPool2dBackward;
    const whole = backward(
      { shape: [1, 7, 6, 1], data: image.data },
      { shape: [1, 4, 3, 1], data: given.data },
      options,
    );
    const last = poolSteps(image, given, { kind, ...options }).at(-1)!;
    last.dx.flat().forEach((value, i) =>
      assertEquals(value.toFixed(9), whole.data[i].toFixed(9))
    );
  }
});

Deno.test("poolGradient() has a frame a window and says so", () => {
  const film = poolGradient(x, dy, { kind: "average", title: "Shares" });
  assertEquals(film.frames?.length, 2);
  assertEquals(
    film.summary,
    "Animation of the gradient of average pooling over 2 x 4 cells, 2 windows: Shares",
  );
});

Deno.test("poolGradient() says what it expects", () => {
  assertThrows(
    () => poolGradient(x, tensor([[5, 6, 7]])),
    TypeError,
    "expects dy [1, 2] but found [1, 3]",
  );
  assertThrows(
    () => poolGradient(tensor([1, 2]), dy),
    TypeError,
    "expects an input with two axes but found [2]",
  );
  assertThrows(
    () => poolGradient(x, dy, { kind: "sum" as "max" }),
    TypeError,
    'expects the kind "max" or "average" but found "sum"',
  );
  assertThrows(
    () => poolGradient(randomNormal([13, 4], 1), dy),
    RangeError,
    "at most 12 x 12 but found [13, 4]",
  );
});

Deno.test("poolSteps() and poolGradient() each name themselves", () => {
  const x = tensor([[1, 2], [3, 4]]), one = tensor([[1]]);
  const cases: [Parameters<typeof poolSteps>, string][] = [
    [[zeros([13, 2]), one], "expects an input of at most 12 x 12"],
    [[x, x], "expects dy [1, 1] but found [2, 2]"],
    [[x, one, { poolSize: 3 }], "expects a window of at most 2"],
    [[x, one, { strides: 0 }], "expects strides of 1 or more"],
    [
      [x, one, { kind: "mean" as "max" }],
      'expects the kind "max" or "average"',
    ],
    [[x, one, { pool: 2 } as never], "expects only the options"],
  ];
  for (const [args, message] of cases) {
    for (const film of [poolSteps, poolGradient]) {
      assertThrows(() => film(...args), Error, `${film.name}() ${message}`);
    }
  }
});
