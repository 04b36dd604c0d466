import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pathToFileURL } from "node:url";
import {
  decodeWeights,
  encodeWeights,
  initialWeights,
  lenet,
  smallResnet,
} from "../../lib/networks/mod.ts";
import { loadWeights, saveWeights } from "../../lib/data/weights.ts";
import { tensor } from "../../lib/base/tensor.ts";

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

// What JSON.parse() lets pass; Hugging Face's safetensors 0.8.0 refuses all but
// the name that stands twice, which the format's description forbids.
const entryText = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
const silent: [string, string, string][] = [
  ["a name twice", `{"w":${entryText},"w":${entryText}}`, 'found "w" twice'],
  [
    "a name twice, once escaped",
    `{"w":${entryText},"\\u0077":${entryText}}`,
    'found "w" twice',
  ],
  [
    "a field twice",
    `{"w":${entryText.replace("{", '{"dtype":"F32",')}}`,
    'found "dtype" twice',
  ],
  [
    "half a character",
    `{"\\ud800":${entryText}}`,
    "names in whole characters",
  ],
  ["a byte order mark", `\ufeff{"w":${entryText}}`, "a byte order mark"],
  ["notes that are a number", `{"__metadata__":{"a":1}}`, 'found {"a":1}'],
  ["notes in a list", `{"__metadata__":["a"]}`, 'found ["a"]'],
  ...["1.0", "1e0", "-0", "0.5", "1E+0"].map((
    number,
  ): typeof silent[number] => [
    `the length ${number}`,
    `{"w":${entryText.replace("[1]", `[${number}]`)}}`,
    `whole numbers in the header in x.safetensors but found ${number}`,
  ]),
];
for (const [what, header, message] of silent) {
  damaged.push([what, file(header, [1]), message]);
}
damaged.push([
  "a name that is no UTF-8",
  file(`{"\u007f":${entryText}}`, [1]).map((byte) => byte === 127 ? 255 : byte),
  "a header in JSON",
]);

Deno.test("decodeWeights() takes braces, colons and numbers inside texts as text", () => {
  const name = '{"a": 2.0}\\';
  const header = {
    __metadata__: { [name]: name, "w": "1.5" },
    [name]: entry("F32", [1], [0, 4]),
    ["__proto__"]: entry("F32", [0], [4, 4]),
  };
  assertEquals([...decodeWeights(file(header, [7]))], [
    [name, tensor([7])],
    ["__proto__", tensor([])],
  ]);
});

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

const w = tensor([1, 2]);
const unreadable: [string, unknown, string][] = [
  [
    "a plain object",
    { w },
    "a Map from names to tensors but found an object: pass network.weights, or new Map(Object.entries(weights))",
  ],
  ["nothing", undefined, "a Map from names to tensors but found undefined"],
  ["the name of the notes", new Map([["__metadata__", w]]), "__metadata__"],
  ["half a character as name", new Map([["a\ud800", w]]), "whole characters"],
  ["a number as name", new Map([[1, w]]), "can hold but found 1"],
  [
    "a shape that does not fit",
    new Map([["w", { shape: [3], data: w.data }]]),
    '3 numbers for "w" [3] but found 2',
  ],
  [
    "a shape that is none",
    new Map([["w", { shape: [0.5, 4], data: w.data }]]),
    'a tensor for "w" but found [0.5, 4]',
  ],
  [
    "a list of numbers",
    new Map([["w", [1, 2]]]),
    'a tensor for "w" but found [1, 2]',
  ],
  [
    "numbers that are no floats",
    new Map([["w", { shape: [1], data: Int32Array.of(1) }]]),
    'a tensor for "w"',
  ],
  [
    "NaN",
    new Map([["w", tensor([1, NaN])]]),
    'finite float32 numbers but found NaN in "w" at place 1',
  ],
  [
    "a number too large for float32",
    new Map([["w", tensor([1e300], undefined, { dtype: "float64" })]]),
    'but found 1e+300 in "w" at place 0',
  ],
];

for (const [what, weights, message] of unreadable) {
  Deno.test(`saveWeights() refuses ${what} and writes nothing`, () =>
    inFolder(async (folder) => {
      const error = await assertRejects(
        () => saveWeights(`${folder}/net.safetensors`, weights as never),
        Error,
        message,
      ) as Error;
      assert(error.message.startsWith("saveWeights() expects "));
      assertThrows(
        () => encodeWeights(weights as never),
        Error,
        "encodeWeights() expects ",
      );
      assertEquals([...Deno.readDirSync(folder)], []);
    }));
}

Deno.test("saveWeights() and loadWeights() keep names that mean something to JavaScript", () =>
  inFolder(async (folder) => {
    const weights = new Map(
      ["b", "1", "__proto__", "", "0", 'q"\\\n', "가"].map((name, i) => [
        name,
        tensor([i]),
      ]),
    );
    const path = pathToFileURL(`${folder}/a b.safetensors`);
    await saveWeights(path, weights);
    assertEquals([...await loadWeights(path)], [...weights]);
  }));

Deno.test("saveWeights() that fails leaves the old file and no part of the new", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/taken/inside`, { recursive: true });
    const weights = initialWeights(lenet(), 1);
    await assertRejects(
      () => saveWeights(`${folder}/taken`, weights),
      Deno.errors.IsADirectory,
      `saveWeights() expects the name of a file but found the folder ${folder}/taken`,
    );
    await assertRejects(
      () => loadWeights(folder),
      Deno.errors.IsADirectory,
      `loadWeights() expects a file but found the folder ${folder}`,
    );
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
      `loadWeights() expects`,
    );
    assert((await Deno.stat(path)).size > 0);
  }));
