import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { encode, type ImageData } from "fast-png";
import { loadPhoto, readPng } from "../../lib/data/mod.ts";
import type { Tensor } from "../../lib/mod.ts";

/** Writes a PNG file and reads it back. */
async function throughFile(png: Uint8Array): Promise<Tensor> {
  const path = await Deno.makeTempFile({ suffix: ".png" });
  try {
    await Deno.writeFile(path, png);
    return await readPng(path);
  } finally {
    await Deno.remove(path);
  }
}

const encoded = (image: ImageData) => throughFile(encode(image));

Deno.test("loadPhoto() gives [1, H, W, C] from 0 to 1", async () => {
  assertEquals((await loadPhoto("camera")).shape, [1, 512, 512, 1]);
  assertEquals((await loadPhoto("coffee")).shape, [1, 400, 600, 3]);
  const cat = await loadPhoto("chelsea");
  assertEquals(cat.shape, [1, 300, 451, 3]);
  assert(cat.data.every((value) => value >= 0 && value <= 1));
  // scikit-image: data.chelsea()[0, 0] is [143, 120, 104].
  [143, 120, 104].forEach((byte, c) =>
    assertAlmostEquals(cat.data[c], byte / 255, 1e-6)
  );
});

Deno.test("loadPhoto() refuses another name", async () => {
  await assertRejects(
    () => loadPhoto("dog" as "camera"),
    TypeError,
    'expects "camera", "chelsea", "coffee" but found "dog"',
  );
});

Deno.test("readPng() reads 8 and 16 bits a channel", async () => {
  const eight = await encoded({
    width: 2,
    height: 1,
    channels: 1,
    data: new Uint8Array([0, 51]),
  });
  assertEquals(eight.shape, [1, 1, 2, 1]);
  assertAlmostEquals(eight.data[1], 0.2, 1e-6);
  const sixteen = await encoded({
    width: 1,
    height: 2,
    channels: 3,
    depth: 16,
    data: new Uint16Array([0, 65535, 13107, 1, 2, 3]),
  });
  assertEquals(sixteen.shape, [1, 2, 1, 3]);
  assertAlmostEquals(sixteen.data[1], 1, 1e-6);
  assertAlmostEquals(sixteen.data[2], 0.2, 1e-6);
});

Deno.test("readPng() names a missing file and one that is no PNG", async () => {
  await assertRejects(
    () => readPng("/nowhere/a.png"),
    Deno.errors.NotFound,
    "expects the file /nowhere/a.png",
  );
  await assertRejects(
    () => throughFile(new Uint8Array([1, 2, 3])),
    TypeError,
    "readPng() expects a whole PNG file",
  );
  const png = encode({
    width: 8,
    height: 8,
    channels: 1,
    data: new Uint8Array(64).fill(7),
  });
  await assertRejects(
    () => throughFile(png.slice(0, png.length - 20)),
    TypeError,
    "could not decode it",
  );
});

Deno.test("readPng() resolves a palette to colour", async () => {
  // 2 x 1 pixels of 1 bit: the colours 1 and 0 of the palette red, blue.
  const image = await throughFile(png(
    ["IHDR", [0, 0, 0, 2, 0, 0, 0, 1, 1, 3, 0, 0, 0]],
    ["PLTE", [255, 0, 0, 0, 0, 255]],
    ["IDAT", await zlib([0, 0b01_000000])],
  ));
  assertEquals(image.shape, [1, 1, 2, 3]);
  assertEquals([...image.data], [1, 0, 0, 0, 0, 1]);
});

Deno.test("readPng() refuses grey levels of fewer than 8 bits", async () => {
  const file = png(
    ["IHDR", [0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0, 0]],
    ["IDAT", await zlib([0, 0b01_000000])],
  );
  await assertRejects(
    () => throughFile(file),
    TypeError,
    "but found 1: save the picture with 8 bits",
  );
});

/**
 * Files of every colour type and depth, interlaced and not, with and without
 * palette and tRNS, rows filtered at random. Their values are the writer's own
 * and were compared with Pillow's: tests/reference/png.json.
 */
interface MadeFile {
  name: string;
  png: string;
  shape: number[];
  /** Values from 0 to `most`; a palette is resolved. */
  values: number[];
  most: number;
  /** Bits a grey level, where they are fewer than 8. */
  low?: number;
}
const made: MadeFile[] = JSON.parse(
  await Deno.readTextFile(new URL("../reference/png.json", import.meta.url)),
);

for (const { name, png, shape, values, most, low } of made) {
  const file = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  if (low) {
    Deno.test(`readPng() refuses with its remedy: ${name}`, async () => {
      await assertRejects(
        () => throughFile(file),
        TypeError,
        `but found ${low}: save the picture with 8 bits`,
      );
    });
    continue;
  }
  Deno.test(`readPng() gives the values of ${name}`, async () => {
    const image = await throughFile(file);
    assertEquals(image.shape, shape);
    assertEquals([...image.data], values.map((v) => Math.fround(v / most)));
  });
}

const size = (type: number, depth: number, width = 2, height = 1) =>
  [0, 0, 0, width, 0, 0, 0, height, depth, type, 0, 0, 0] as const;
const grey: Chunk = ["IHDR", [...size(0, 8)]];
const indexed: Chunk = ["IHDR", [...size(3, 8)]];
const colours: Chunk = ["PLTE", [255, 0, 0, 0, 0, 255]];
const pixels: Chunk = ["IDAT", await zlib([0, 1, 0])];
const plain = png(grey, pixels);

const wrong: [what: string, file: Uint8Array, reason: string][] = [
  ["an empty file", new Uint8Array(0), "the file is empty"],
  ["a JPEG", new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "it is a JPEG"],
  ["a GIF", new TextEncoder().encode("GIF89a"), "it is a GIF"],
  ["text", new TextEncoder().encode("hello"), "does not start as a PNG"],
  [
    "a file sent as text",
    plain.map((byte, i) => i === 4 ? 10 : byte),
    "does not start as a PNG",
  ],
  ["a file without its end", plain.slice(0, -12), "it was cut off"],
  [
    "a wrong check sum",
    plain.map((byte, i) => i === plain.length - 1 ? byte ^ 1 : byte),
    "the check sum of its chunk IEND is wrong",
  ],
  ["another first chunk", png(pixels), "the chunk IDAT instead of its header"],
  ["two headers", png(grey, grey, pixels), "two headers"],
  ["a short header", png(["IHDR", [0]]), "IHDR has 1 bytes instead of 13"],
  [
    "a width of 0",
    png(["IHDR", [...size(0, 8, 0)]], pixels),
    "its header says 0 x 1 pixels",
  ],
  [
    "a height of 0",
    png(["IHDR", [...size(0, 8, 1, 0)]], pixels),
    "its header says 1 x 0 pixels",
  ],
  [
    "gigabytes of pixels",
    png(["IHDR", [1, 0, 0, 0, 1, 0, 0, 0, 8, 6, 0, 0, 0]], pixels),
    "its header says 1125899923619840 bytes of pixels",
  ],
  [
    "colour type 5",
    png(["IHDR", [...size(5, 8)]], pixels),
    "its header says colour type 5",
  ],
  [
    "a palette of 16 bits",
    png(["IHDR", [...size(3, 16)]], colours, pixels),
    "16 bits for colour type 3",
  ],
  [
    "another compression",
    png(["IHDR", [...size(0, 8).slice(0, 10), 1, 0, 0]], pixels),
    "compression 1, filter 0, interlacing 0",
  ],
  ["no pixels", png(grey), "no chunk IDAT"],
  ["a missing palette", png(indexed, pixels), "no chunk PLTE"],
  [
    "an empty palette",
    png(indexed, ["PLTE", []], pixels),
    "PLTE has 0 bytes instead of three for each of 1 to 256 colours",
  ],
  [
    "a palette of half a colour",
    png(indexed, ["PLTE", [1, 2, 3, 4]], pixels),
    "PLTE has 4 bytes",
  ],
  [
    "a palette of 257 colours",
    png(indexed, ["PLTE", Array(771).fill(0)], pixels),
    "PLTE has 771 bytes",
  ],
  [
    "two palettes",
    png(indexed, colours, colours, pixels),
    "PLTE comes twice or behind the pixels",
  ],
  [
    "a palette behind the pixels",
    png(indexed, pixels, colours),
    "PLTE comes twice or behind the pixels",
  ],
  [
    "a place outside the palette",
    png(indexed, colours, ["IDAT", await zlib([0, 1, 2])]),
    "a pixel has colour 2 of a palette of 2",
  ],
  [
    "more opacities than colours",
    png(indexed, colours, ["tRNS", [1, 2, 3]], pixels),
    "3 opacities for a palette of 2 colours",
  ],
  [
    "opacities before the palette",
    png(indexed, ["tRNS", [1]], colours, pixels),
    "tRNS do not stand once between palette and pixels",
  ],
  [
    "a chunk that changes the pixels",
    png(["CgBI", [0]], grey, pixels),
    "it starts with the chunk CgBI",
  ],
  [
    "a needed chunk of another format",
    png(grey, ["ABCD", []], pixels),
    "it needs the chunk ABCD",
  ],
  [
    "a chunk without a name",
    png(grey, ["A1CD", []], pixels),
    "a chunk has no name",
  ],
  [
    "pixels that are not compressed",
    png(grey, ["IDAT", [0, 1, 0]]),
    "its pixels cannot be decompressed",
  ],
  [
    "pixels that end early",
    png(grey, ["IDAT", await zlib([0, 1])]),
    "2 bytes of pixels instead of 3",
  ],
  [
    "pixels too many",
    png(grey, ["IDAT", await zlib([0, 1, 0, 7])]),
    "more than the 3 bytes of its size",
  ],
  [
    "an unknown filter",
    png(grey, ["IDAT", await zlib([5, 1, 0])]),
    "a row has the filter 5",
  ],
];

for (const [what, file, reason] of wrong) {
  Deno.test(`readPng() refuses ${what}, by the file's name`, async () => {
    const error = await assertRejects(() => throughFile(file), TypeError);
    const { message } = error as Error;
    assertMatch(
      message,
      /^readPng\(\) expects a whole PNG file in \S+\.png but could not decode it \(/,
    );
    assertMatch(message, /\): save the picture as PNG again$/);
    assertStringIncludes(message, reason);
  });
}

Deno.test("readPng() never speaks with another's words, whichever byte changes", async () => {
  const file = png(
    ["IHDR", [...size(3, 2, 5, 2).slice(0, 12), 1]],
    colours,
    ["tRNS", [9]],
    ["IDAT", await zlib(Array(20).fill(0))],
  );
  for (let at = 8; at < file.length; at++) {
    for (const value of [0, 1, 255, file[at] ^ 32]) {
      const changed = file.slice();
      changed[at] = value;
      const image = await throughFile(withSums(changed)).catch((error) => {
        assert(error instanceof TypeError);
        assertMatch(error.message, /^readPng\(\) expects .* in \S+\.png /);
      });
      if (image) assertEquals(image.shape.length, 4);
    }
    await assertRejects(() => throughFile(file.slice(0, at)), TypeError);
  }
});

Deno.test("readPng() reads the still picture of an animation, and ignores what follows the end", async () => {
  const animated = png(
    grey,
    ["acTL", [0, 0, 0, 1, 0, 0, 0, 0]],
    pixels,
    ["fdAT", [0, 0, 0, 1, 9, 9]],
    ["tEXt", [1, 2, 3]],
  );
  const image = await throughFile(new Uint8Array([...animated, 1, 2, 3]));
  assertEquals([...image.data], [Math.fround(1 / 255), 0]);
});

type Chunk = [string, number[]];

/** The same file with check sums that fit, as far as its chunks are whole. */
function withSums(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer);
  for (let at = 8; at + 12 <= file.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > file.length) break;
    view.setUint32(end, crc32([...file.subarray(at + 4, end)]));
    at = end + 4;
  }
  return file;
}

async function zlib(bytes: number[]): Promise<number[]> {
  const packed = new Blob([new Uint8Array(bytes)]).stream()
    .pipeThrough(new CompressionStream("deflate"));
  return [...new Uint8Array(await new Response(packed).arrayBuffer())];
}

/** A PNG file of these chunks and the end chunk, each with its CRC. */
function png(...chunks: Chunk[]): Uint8Array {
  const file = [137, 80, 78, 71, 13, 10, 26, 10];
  const int = (n: number) => [24, 16, 8, 0].map((bits) => n >>> bits & 255);
  for (const [name, bytes] of [...chunks, ["IEND", []] as const]) {
    const body = [...new TextEncoder().encode(name), ...bytes];
    file.push(...int(bytes.length), ...body, ...int(crc32(body)));
  }
  return new Uint8Array(file);
}

function crc32(bytes: number[]): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc;
}
