import { assert, assertEquals, assertThrows } from "@std/assert";
import { decode, encode } from "cnn/homework";

Deno.test("decode() gives back what encode() took", () => {
  const values = [
    null,
    true,
    "a\n\u2028",
    1.5,
    -0,
    NaN,
    Infinity,
    -Infinity,
    undefined,
    12345678901234567890n,
    [],
    [[1, undefined], ["x"]],
    { a: { b: [1] } },
    { shape: [2, 1], data: Float32Array.of(0.1, NaN) },
    Float64Array.of(1e300, -0),
    Uint8Array.of(0, 255),
    new Map([["conv/kernel", { shape: [1], data: Float32Array.of(1) }]]),
  ];
  for (const value of values) assertEquals(decode(encode(value)), value);
  assert(Object.is(decode(encode(-0)), -0));
});

Deno.test("encode() takes a part of a buffer, not the whole", () => {
  const whole = Float64Array.of(1, 2, 3);
  assertEquals(decode(encode(whole.subarray(1, 2))), Float64Array.of(2));
});

Deno.test("encode() refuses what is no plain data", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  assertThrows(() => encode(() => 1), TypeError, "a function where plain data");
  assertThrows(() => encode([Symbol("a")]), TypeError, "a symbol where");
  assertThrows(() => encode({ f: () => 1 }), TypeError, "a function where");
  assertThrows(() => encode(circle), TypeError, "contains itself");
  assertThrows(
    () => encode(new Array(600_000).fill(0)),
    TypeError,
    "more than 500000",
  );
  assertThrows(
    () => encode(new DataView(new ArrayBuffer(1))),
    TypeError,
    "binary array",
  );
});

Deno.test("decode() makes own properties only, also of __proto__", () => {
  const value = decode(
    '{"object":["__proto__",{"object":["polluted",1]}]}',
  ) as object;
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assert(Object.hasOwn(value, "__proto__"));
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("decode() refuses what encode() does not write", () => {
  const texts = [
    "",
    "[1]",
    "{}",
    '{"typed":"f32","data":"AAA"}',
    '{"typed":"f32","data":"AAAA"}',
    '{"typed":"constructor","data":""}',
    '{"typed":"f32","data":5}',
    '{"number":"12"}',
    '{"bigint":"1e9"}',
    '{"map":[[1]]}',
    '{"object":[1,2]}',
    '{"array":[[1]]}',
    `${'{"array":['.repeat(100)}1${"]}".repeat(100)}`,
  ];
  for (const text of texts) {
    assertThrows(() => decode(text), TypeError, "an answer");
  }
});
