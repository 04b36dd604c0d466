import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  concat,
  conv2d,
  conv2dBackward,
  dense,
  flatten,
  maxPool2d,
} from "../../lib/layers/mod.ts";
import {
  checkConcat,
  checkConv2d,
  checkConv2dBackward,
  checkDense,
  CheckError,
  checkFlatten,
  checkMaxPool,
  checkNumber,
  checkOutputLength,
  checkTensor,
} from "../../lib/exercises/mod.ts";
import { type Tensor, tensor } from "../../lib/base/tensor.ts";
import { quietly } from "./student.ts";

// deno-lint-ignore no-explicit-any
type Any = any;

const exercise = { exercise: "1.2" };

/** The error with which checkFlatten rejects a function. */
async function rejection(fn: unknown): Promise<CheckError> {
  return await assertRejects(
    () => checkFlatten(fn as typeof flatten, exercise),
    CheckError,
  );
}

Deno.test("a check names a result that is no tensor", async () => {
  const cases: [unknown, string, string][] = [
    [
      () => undefined,
      "no result",
      "gave undefined: end the function with a return",
    ],
    [() => null, "wrong type of result", "expected a Tensor, found null"],
    [() => [1, 2], "wrong type of result", "expected a Tensor, found an array"],
    [() => 7, "wrong type of result", "expected a Tensor, found number 7"],
    [
      () => ({ shape: [1], data: [1] }),
      "wrong type of result",
      "found an object { shape, data }: return { shape, data } with a Float32Array",
    ],
    [
      () => ({ shape: [2, 2], data: new Float32Array(3) }),
      "shape and data disagree",
      "found the shape [2, 2] with 3 values",
    ],
    [
      () => tensor([1, NaN], [1, 2]),
      "NaN in the result",
      "found NaN at index [0, 1]: NaN comes from reading outside an array",
    ],
  ];
  for (const [fn, mistake, text] of cases) {
    const error = await rejection(fn);
    assertEquals(error.mistake, mistake);
    assert(error.message.includes(text), error.message);
    assert(
      error.message.startsWith(
        `Exercise 1.2: ${mistake}. flatten(x [1, 2, 3, 1]) `,
      ),
      error.message,
    );
  }
});

Deno.test("a check names a wrong shape that fits no mistake", async () => {
  const error = await rejection(() => tensor([1, 2, 3]));
  assertEquals(error.mistake, "wrong shape");
  assert(
    error.message.includes("expected the shape [1, 6], found [3]: work out"),
    error.message,
  );
});

Deno.test("a check recognises the stub", async () => {
  const error = await rejection(() => {
    throw new Error("Not implemented: exercise 1.2");
  });
  assertEquals(error.mistake, "not implemented");
  assert(error.message.includes("is still the stub"));
});

Deno.test("a check passes a thrown error on as cause", async () => {
  const cause = new Error("no such index");
  const error = await rejection(() => Promise.reject(cause));
  assertEquals(error.mistake, "an error");
  assertEquals(error.cause, cause);
  assert(error.message.includes('threw "no such index"'));
});

Deno.test("a check detects a changed input", async () => {
  const error = await rejection((x: Parameters<typeof flatten>[0]) => {
    const y = flatten(x);
    const copy = tensor(y.data.slice(), y.shape);
    x.data.fill(0);
    return copy;
  });
  assertEquals(error.mistake, "input changed");
  assert(error.message.includes("changed its argument x"));
});

Deno.test("a check detects a change inside options and lists", async () => {
  const changes: [(...args: Any[]) => Promise<void>, Any, string][] = [
    [checkDense, (x: Tensor, kernel: Tensor, options: { bias: Tensor }) => {
      const y = dense(x, kernel, options);
      options.bias.data[1] += 1;
      return y;
    }, "options"],
    [checkDense, (x: Tensor, kernel: Tensor, options: { bias?: Tensor }) => {
      const y = dense(x, kernel, options);
      delete options.bias;
      return y;
    }, "options"],
    [checkConcat, (xs: Tensor[]) => {
      const y = concat(xs);
      xs.reverse();
      return y;
    }, "xs"],
    [checkConcat, (xs: Tensor[]) => {
      const y = concat(xs);
      xs.push(y);
      return y;
    }, "xs"],
    [checkFlatten, (x: { shape: readonly number[] }) => {
      const y = flatten(x as Tensor);
      x.shape = [...x.shape].reverse();
      return y;
    }, "x"],
    ...[
      (data: Float32Array) => ({ ...data }), // the same keys and values
      (data: Float32Array) => [...data],
      (data: Float32Array) => Float64Array.from(data),
      (data: Float32Array) => data.slice(1),
      () => new Map(),
    ].map((instead): [typeof checkFlatten, Any, string] => [
      checkFlatten,
      (x: { shape: number[]; data: unknown }) => {
        const y = flatten(x as Tensor);
        x.data = instead(x.data as Float32Array);
        return y;
      },
      "x",
    ]),
  ];
  for (const [check, fn, name] of changes) {
    const error = await assertRejects(() => check(fn, exercise), CheckError);
    assertEquals(error.mistake, "input changed", error.message);
    assert(error.message.includes(`its argument ${name}: `), error.message);
  }
});

Deno.test("a check names a missing part of a result", async () => {
  const error = await assertRejects(
    () =>
      checkConv2dBackward(
        (...args) => {
          const { dx, dKernel } = conv2dBackward(...args);
          return { dx, dKernel } as ReturnType<typeof conv2dBackward>;
        },
        exercise,
      ),
    CheckError,
    "gave no dBias: return an object { dx, dKernel, dBias }",
  );
  assertEquals(error.mistake, "no dBias");
});

Deno.test("a check names the part that is wrong", async () => {
  await assertRejects(
    () =>
      checkConv2dBackward((...args) => {
        const result = conv2dBackward(...args);
        result.dBias.data[0] += 0.5;
        return result;
      }, exercise),
    CheckError,
    "wrong value of dBias. conv2dBackward(",
  );
});

Deno.test("a check of a number refuses NaN and text", async () => {
  const nan = await assertRejects(
    () => checkOutputLength(() => NaN, exercise),
    CheckError,
  );
  assertEquals(nan.mistake, "NaN in the result");
  const text = await assertRejects(
    () => checkOutputLength(() => "24" as unknown as number, exercise),
    CheckError,
  );
  assertEquals(text.mistake, "wrong type of result");
});

Deno.test("a check shows one line when it passes", async () => {
  const lines = await quietly(() => checkFlatten(flatten, exercise));
  assertEquals(lines, ["✓ Exercise 1.2 passed: flatten is right in 4 cases."]);
});

Deno.test("checkNumber() accepts within tolerance", async () => {
  const lines = await quietly(async () => {
    await checkNumber(19, { ...exercise, expected: 19 });
    await checkNumber(0.3334, {
      ...exercise,
      expected: 1 / 3,
      tolerance: 1e-3,
    });
  });
  assertEquals(lines.length, 2);
});

Deno.test("checkNumber() names a hint's mistake and keeps the answer back", async () => {
  const error = await assertRejects(
    () =>
      checkNumber(5, {
        ...exercise,
        expected: 19,
        hints: [{ value: 4, mistake: "missing + 1" }, {
          value: 5,
          mistake: "flipped kernel",
          remedy: "do not turn it",
        }],
      }),
    CheckError,
    "Exercise 1.2: flipped kernel. The answer: found 5: do not turn it",
  );
  assertEquals(error.mistake, "flipped kernel");
  assert(!error.message.includes("19"));
});

Deno.test("checkNumber() tells the answer when it is not hidden", async () => {
  await assertRejects(
    () => checkNumber(5, { ...exercise, expected: 19, hidden: false }),
    CheckError,
    "wrong value. The answer: expected 19, found 5: go through",
  );
});

Deno.test("checkNumber() refuses NaN, undefined and text", async () => {
  for (
    const [value, mistake] of [[NaN, "NaN in the result"], [
      undefined,
      "no result",
    ], ["19", "wrong type of result"]]
  ) {
    const error = await assertRejects(
      () => checkNumber(value as number, { ...exercise, expected: 19 }),
      CheckError,
    );
    assertEquals(error.mistake, mistake);
  }
});

Deno.test("checkTensor() accepts tensors and nested arrays alike", async () => {
  const lines = await quietly(async () => {
    await checkTensor([[1, 2], [3, 4]], {
      ...exercise,
      expected: tensor([1, 2, 3, 4], [2, 2]),
    });
    await checkTensor(tensor([[0.1]]), { ...exercise, expected: [[0.1]] });
  });
  assertEquals(lines.length, 2);
});

Deno.test("checkTensor() names a hint, an index, a shape and ragged rows", async () => {
  const options = {
    ...exercise,
    expected: [[1, 2], [3, 4]],
    hints: [{ value: [[4, 3], [2, 1]], mistake: "flipped kernel" }],
  };
  const cases: [number[] | number[][], string, string][] = [
    [[[4, 3], [2, 1]], "flipped kernel", "found 4 at index [0, 0]"],
    [[[1, 2], [3, 5]], "wrong value", "found 5 at index [1, 1]"],
    [[1, 2, 3, 4], "wrong shape", "expected the shape [2, 2], found [4]"],
    [[[1, 2], [3]], "no table of numbers", "rows of equal length"],
  ];
  for (const [value, mistake, text] of cases) {
    const error = await assertRejects(
      () => checkTensor(value, options),
      CheckError,
    );
    assertEquals(error.mistake, mistake);
    assert(error.message.includes(text), error.message);
  }
});

Deno.test("a check refuses what is no function, and a missing exercise", async () => {
  const error = await rejection(flatten(tensor([[1]])));
  assertEquals(error.mistake, "no function");
  assert(error.message.includes("expected a function flatten, found object"));
  await assertRejects(
    () => checkFlatten(flatten, {} as typeof exercise),
    TypeError,
    "expects the number of the exercise but found undefined",
  );
});

Deno.test("a check refuses a feature that it does not have", async () => {
  const features = ["stride" as "strides"];
  await assertRejects(
    () => checkConv2dBackward(conv2dBackward, { ...exercise, features }),
    TypeError,
    'expects features among "strides", "padding", "dilations" but found "stride"',
  );
});

Deno.test("the checks take solutions that name only the options they use", async () => {
  // Type-checked: a notebook's cells are, too.
  const conv = (x: Tensor, kernel: Tensor, options: { strides: number }) =>
    conv2d(x, kernel, options);
  const pool = (x: Tensor, options: { poolSize: number; strides: number }) =>
    maxPool2d(x, options);
  const length = (
    n: number,
    { size, stride }: { size: number; stride: number },
  ) => Math.floor((n - size) / stride) + 1;
  await quietly(async () => {
    await checkConv2d(conv, { ...exercise, features: ["strides"] });
    await checkMaxPool(pool, exercise);
    await checkOutputLength(length, { ...exercise, features: [] });
  });
});
