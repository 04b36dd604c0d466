import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkGradient, relu, type Tensor, tensor } from "cnn";

const square = (x: Tensor) => [...x.data].reduce((sum, v) => sum + v * v, 0);
const x = tensor([[1, 2], [3, 4]], undefined, { dtype: "float64" });
const analytic = tensor([[2, 4], [6, 8]]);

Deno.test("checkGradient() accepts a right gradient and returns its error", () => {
  const error = checkGradient(square, x, { analytic });
  assert(error > 0 && error < 1e-9, String(error));
});

Deno.test("checkGradient() names function, index, expected and found", () => {
  const bad = tensor([[2, 4], [7, 8]]);
  const error = assertThrows(
    () => checkGradient(square, x, { analytic: bad }),
    Error,
    "checkGradient() expects d square / d x[1, 0] = ",
  ) as Error;
  const [, expected, found] = error.message.match(
    /= (\S+) but found (\S+):/,
  ) as RegExpMatchArray;
  assert(Math.abs(Number(expected) - 6) < 1e-6);
  assertEquals(found, "7");
});

Deno.test("checkGradient() takes the sum of y * dy for a tensor", () => {
  const y = (at: Tensor) => ({ ...at, data: at.data.map((v) => 3 * v) });
  const dy = tensor([[1, 10], [100, 1000]]);
  const right = tensor([[3, 30], [300, 3000]]);
  assert(checkGradient(y, x, { analytic: right, dy }) < 1e-9);
  const ones = tensor([[3, 3], [3, 3]]);
  assert(checkGradient(y, x, { analytic: ones }) < 1e-9);
});

Deno.test("checkGradient() tries only the samples, the same ones by seed", () => {
  let calls = 0;
  const counted = (at: Tensor) => (calls++, square(at));
  checkGradient(counted, x, { analytic, samples: 2, seed: 3 });
  assertEquals(calls, 4);
});

Deno.test("checkGradient() leaves x alone and works from float32", () => {
  const single = tensor([1, 2, 3]);
  checkGradient(square, single, { analytic: tensor([2, 4, 6]) });
  assertEquals([...single.data], [1, 2, 3]);
});

Deno.test("checkGradient() does not let NaN pass", () => {
  const options = { analytic };
  assertThrows(
    () => checkGradient(() => NaN, x, options),
    RangeError,
    "expects a finite loss but found a change of NaN at x[0, 0]",
  );
  const broken = tensor([[NaN, 4], [6, 8]]);
  assertThrows(
    () => checkGradient(square, x, { analytic: broken }),
    Error,
    "but found NaN",
  );
});

Deno.test("checkGradient() rejects settings that cannot work", () => {
  const run = (options: object) => () =>
    checkGradient(relu, x, { analytic, ...options });
  assertThrows(run({ analytic: tensor([1]) }), TypeError, "found [1]");
  assertThrows(run({ analytic: undefined }), TypeError, "found undefined");
  assertThrows(run({ dy: tensor([1]) }), TypeError, "expects dy [2, 2]");
  assertThrows(run({ epsilon: 0 }), RangeError, "found 0");
  assertThrows(run({ tolerance: NaN }), RangeError, "found NaN");
  assertThrows(run({ samples: 0 }), RangeError, "samples of 1");
  assertThrows(run({ tol: 1 }), TypeError, 'found "tol"');
  assertThrows(
    () => checkGradient(() => "1" as unknown as number, x, { analytic }),
    TypeError,
    "found string",
  );
});

Deno.test("checkGradient() tells what is no function", () => {
  assertThrows(
    // deno-lint-ignore no-explicit-any
    () => checkGradient(3 as any, x, { analytic }),
    TypeError,
    "checkGradient() expects a function of x but found 3",
  );
});
