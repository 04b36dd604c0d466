/** Runs one kernel on tfjs's cpu engine and on ours and compares the results. */
import { assert, assertEquals } from "@std/assert";
import { randomNormal, type Tf, tfjs, toTf, useBackend } from "cnn";
import type * as tensorflow from "@tensorflow/tfjs";

type Value = Float32Array | Int32Array | Uint8Array;

/** A float32 input of random numbers, or the values of an int32 input. */
export interface Input {
  shape: number[];
  values?: number[];
  dtype?: "int32" | "float32";
  /** Makes the input from those before it, instead of `shape`. */
  from?: (
    tf: Tf,
    made: Record<string, tensorflow.Tensor>,
  ) => tensorflow.Tensor;
}

export interface Case {
  kernel: string;
  inputs: Record<string, Input>;
  attrs: Record<string, unknown>;
}

async function runOn(
  backend: "cpu" | "wasm",
  { kernel, inputs, attrs }: Case,
): Promise<{ shape: number[]; values: Value }[]> {
  await useBackend(backend);
  const tf = tfjs();
  const before = tf.memory().numTensors;
  const made: Record<string, tensorflow.Tensor> = {};
  let seed = 1;
  for (const [name, input] of Object.entries(inputs)) {
    const { shape, values, dtype, from } = input;
    made[name] = from !== undefined
      ? from(tf, made)
      : values === undefined
      ? toTf(randomNormal(shape, seed++))
      : tf.tensor(values, shape, dtype ?? "float32");
  }
  const result = tf.engine().runKernel(
    kernel,
    made,
    attrs as tensorflow.NamedAttrMap,
  );
  const list = Array.isArray(result) ? result : [result];
  const read = list.map((t) => ({
    shape: t.shape,
    values: t.dataSync().slice() as Value,
  }));
  tf.dispose(made);
  tf.dispose(list);
  assertEquals(
    tf.memory().numTensors,
    before,
    `${kernel} on ${backend} leaks tensors`,
  );
  return read;
}

/** Fails unless wasm agrees with cpu within 1e-4 of the largest value. */
export async function assertSameAsCpu(test: Case): Promise<void> {
  const expected = await runOn("cpu", test);
  const found = await runOn("wasm", test);
  const name = `${test.kernel} ${JSON.stringify(test)}`;
  assertEquals(found.length, expected.length, name);
  for (let k = 0; k < expected.length; k++) {
    assertEquals(found[k].shape, expected[k].shape, name);
    assertClose(found[k].values, expected[k].values, name);
  }
}

/** Fails unless all values agree within `tolerance` of the largest one. */
export function assertClose(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
  tolerance = 1e-4,
): void {
  assertEquals(found.length, expected.length, name);
  let scale = 1e-6;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  for (let i = 0; i < expected.length; i++) {
    assert(
      Math.abs(found[i] - expected[i]) <= tolerance * scale,
      `${name}: value ${i} is ${found[i]} but cpu has ${expected[i]}`,
    );
  }
}
