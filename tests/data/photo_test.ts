import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
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
    RangeError,
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

async function zlib(bytes: number[]): Promise<number[]> {
  const packed = new Blob([new Uint8Array(bytes)]).stream()
    .pipeThrough(new CompressionStream("deflate"));
  return [...new Uint8Array(await new Response(packed).arrayBuffer())];
}

/** A PNG file of these chunks and the end chunk, each with its CRC. */
function png(...chunks: [string, number[]][]): Uint8Array {
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
