import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  decodeWeights,
  encodeWeights,
  initialWeights,
  lenet,
  smallResnet,
} from "../../lib/architecture/mod.ts";
import { loadWeights, saveWeights } from "../../lib/data/weights.ts";
import { tensor } from "../../lib/tensor.ts";

/** A file with this header and these numbers, put together by hand. */
function file(header: unknown, numbers: number[] = []): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + 4 * numbers.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  numbers.forEach((v, i) => view.setFloat32(8 + text.length + 4 * i, v, true));
  return bytes;
}

const entry = (dtype: string, shape: unknown, data_offsets: unknown) => ({
  dtype,
  shape,
  data_offsets,
});

Deno.test("decodeWeights() reads a file put together by hand", () => {
  const bytes = file({
    __metadata__: { format: "pt" },
    b: entry("F32", [2], [4, 12]),
    a: entry("F32", [], [0, 4]),
  }, [1, 2, 3]);
  assertEquals([...decodeWeights(bytes)], [
    ["a", tensor([1], [])],
    ["b", tensor([2, 3])],
  ]);
  // Also where the bytes are a part of a larger buffer, at an odd place.
  const larger = new Uint8Array(bytes.length + 5);
  larger.set(bytes, 3);
  assertEquals(decodeWeights(larger.subarray(3, 3 + bytes.length)).size, 2);
});

Deno.test("encodeWeights() writes what the format says", () => {
  const bytes = encodeWeights(
    new Map([["w", tensor([[1, -2]], undefined, { dtype: "float64" })]]),
  );
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  assertEquals(length % 8, 0);
  assertEquals(
    JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))),
    {
      w: entry("F32", [1, 2], [0, 8]),
    },
  );
  assertEquals(view.getFloat32(8 + length, true), 1);
  assertEquals(view.getFloat32(12 + length, true), -2);
  assertEquals(bytes.length, 16 + length);
});

Deno.test("decodeWeights() gives back what encodeWeights() wrote", () => {
  const weights = initialWeights(smallResnet(), 1);
  const back = decodeWeights(encodeWeights(weights));
  assertEquals(back, weights);
  assertEquals([...back.keys()], [...weights.keys()]);
});

const whole = file({ w: entry("F32", [2], [0, 8]) }, [1, 2]);

const damaged: [string, Uint8Array, string][] = [
  [
    "an empty file",
    new Uint8Array(0),
    "a header length of 8 bytes in x.safetensors but found 0",
  ],
  [
    "another kind of file",
    new TextEncoder().encode("\x89PNG\r\n\x1a\nrest"),
    "this is no safetensors file, or it was cut off",
  ],
  ["a header that is cut off", whole.subarray(0, 20), "bytes after its length"],
  [
    "numbers that are cut off",
    whole.subarray(0, whole.length - 1),
    "the file was cut off; copy it again",
  ],
  [
    "bytes too many",
    new Uint8Array([...whole, 0]),
    "there are bytes too many at the end",
  ],
  ["a header that is no JSON", file("{w: 1}"), "a header in JSON"],
  [
    "a header without names",
    file("[1]"),
    "a header with a name for each weight",
  ],
  [
    "float16",
    file({ w: entry("F16", [2], [0, 4]) }, [1]),
    '"w" as float32 ("F32") in x.safetensors but found "F16"',
  ],
  [
    "an entry that is null",
    file({ w: null }),
    '"w" as float32 ("F32") in x.safetensors but found no dtype',
  ],
  [
    "a shape that is none",
    file({ w: entry("F32", [-1], [0, 4]) }, [1]),
    'a shape for "w" in x.safetensors but found [-1]',
  ],
  [
    "offsets that are none",
    file({ w: entry("F32", [1], [0]) }, [1]),
    'first and last byte of "w"',
  ],
  [
    "a shape that the offsets contradict",
    file({ w: entry("F32", [3], [0, 8]) }, [1, 2]),
    '12 bytes for "w" [3] in x.safetensors but found 8',
  ],
  [
    "weights that overlap",
    file({ v: entry("F32", [2], [0, 8]), w: entry("F32", [2], [4, 12]) }, [
      1,
      2,
      3,
    ]),
    '"w" to start at byte 8 of the numbers in x.safetensors but found 4',
  ],
  [
    "a gap between weights",
    file({ v: entry("F32", [1], [0, 4]), w: entry("F32", [1], [8, 12]) }, [
      1,
      2,
      3,
    ]),
    '"w" to start at byte 4 of the numbers in x.safetensors but found 8',
  ],
];

for (const [what, bytes, message] of damaged) {
  Deno.test(`decodeWeights() refuses ${what}`, () => {
    assertThrows(
      () => decodeWeights(bytes, "x.safetensors"),
      TypeError,
      message,
    );
  });
}

/** Runs `body` in a folder that is removed afterwards. */
async function inFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("saveWeights() replaces the file as a whole, and leaves no other", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    await saveWeights(path, initialWeights(smallResnet(), 1));
    const weights = initialWeights(lenet(), 1);
    await saveWeights(path, weights);
    assertEquals(await loadWeights(path, lenet()), weights);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [
      "net.safetensors",
    ]);
  }));

Deno.test("saveWeights() that fails leaves the old file and no part of the new", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/taken/inside`, { recursive: true });
    const weights = initialWeights(lenet(), 1);
    await assertRejects(() => saveWeights(`${folder}/taken`, weights));
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [
      "taken",
    ]);
    await assertRejects(
      () => saveWeights(`${folder}/missing/net.safetensors`, weights),
      Deno.errors.NotFound,
      "saveWeights() expects the folder of",
    );
  }));

Deno.test("loadWeights() names the file and what is wrong with it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    await assertRejects(
      () => loadWeights(path),
      Deno.errors.NotFound,
      `loadWeights() expects the file ${path}`,
    );
    await saveWeights(path, initialWeights(lenet(), 1));
    await assertRejects(
      () => loadWeights(path, lenet({ width: 2 })),
      TypeError,
      'loadWeights() expects the weight "conv1/kernel" of shape [5, 5, 1, 12]',
    );
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length / 2));
    await assertRejects(
      () => loadWeights(path),
      TypeError,
      `in ${path} but found`,
    );
    assert((await Deno.stat(path)).size > 0);
  }));
