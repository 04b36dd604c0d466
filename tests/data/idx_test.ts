import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pathOf } from "../../lib/data/files.ts";
import { decodeIdx, readIdx } from "../../lib/data/mod.ts";

/** An IDX file: magic number, lengths, values. */
function idx(
  magic: readonly number[],
  lengths: readonly number[],
  values: readonly number[],
): Uint8Array<ArrayBuffer> {
  const bytes = [...magic];
  for (const length of lengths) {
    bytes.push(
      length >>> 24,
      length >>> 16 & 255,
      length >>> 8 & 255,
      length & 255,
    );
  }
  return new Uint8Array([...bytes, ...values]);
}

const IMAGES = [0, 0, 8, 3];
const whole = idx(IMAGES, [2, 1, 3], [1, 2, 3, 4, 5, 255]);

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** Runs `use` with the path of a temporary file that holds the bytes. */
async function withFile(
  bytes: Uint8Array,
  suffix: string,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix });
  try {
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("decodeIdx() gives shape and values", () => {
  const { shape, data } = decodeIdx(whole, { axes: 3 });
  assertEquals(shape, [2, 1, 3]);
  assertEquals([...data], [1, 2, 3, 4, 5, 255]);
});

Deno.test("decodeIdx() reads lengths with the highest byte first", () => {
  const { shape } = decodeIdx(idx([0, 0, 8, 1], [258], Array(258).fill(0)));
  assertEquals(shape, [258]);
});

Deno.test("decodeIdx() copies the values", () => {
  const bytes = idx([0, 0, 8, 1], [1], [7]);
  const { data } = decodeIdx(bytes);
  bytes.fill(0);
  assertEquals([...data], [7]);
});

Deno.test("decodeIdx() refuses a wrong magic number", () => {
  assertThrows(
    () => decodeIdx(idx([1, 2, 8, 3], [2, 1, 3], []), { axes: 3 }),
    TypeError,
    "expects the magic number 0x00000803 but found 0x01020803: this is no IDX file",
  );
});

Deno.test("decodeIdx() recognises compressed bytes", async () => {
  const packed = await gzip(whole);
  assertThrows(() => decodeIdx(packed), TypeError, "it is gzip-compressed");
});

Deno.test("decodeIdx() refuses values that are no unsigned bytes", () => {
  assertThrows(
    () => decodeIdx(idx([0, 0, 0x0d, 1], [1], [0, 0, 0, 0])),
    TypeError,
    "found 0x00000d01: the type of its values is 32-bit float (0x0d), only unsigned bytes (0x08) are read",
  );
});

Deno.test("decodeIdx() refuses labels where images are expected", () => {
  assertThrows(
    () => decodeIdx(idx([0, 0, 8, 1], [1], [7]), { axes: 3 }),
    TypeError,
    "the file has 1 axes, not 3; are images and labels swapped?",
  );
});

Deno.test("decodeIdx() refuses a truncated file at every length", () => {
  for (let length = 0; length < whole.length; length++) {
    assertThrows(
      () => decodeIdx(whole.subarray(0, length), { axes: 3 }),
      TypeError,
      "the file is truncated",
    );
  }
});

Deno.test("decodeIdx() says how many values a truncated file lacks", () => {
  assertThrows(
    () => decodeIdx(whole.subarray(0, whole.length - 2)),
    TypeError,
    "expects 6 values for the shape [2, 1, 3] but found 4",
  );
});

Deno.test("decodeIdx() refuses trailing bytes", () => {
  assertThrows(
    () => decodeIdx(new Uint8Array([...whole, 0, 0])),
    TypeError,
    "but found 8: 2 trailing bytes follow the end",
  );
});

Deno.test("decodeIdx() refuses a header that claims gigabytes", () => {
  assertThrows(
    () => decodeIdx(idx(IMAGES, [0xffffffff, 28, 28], [])),
    TypeError,
    "the file is damaged",
  );
});

Deno.test("readIdx() reads plain and compressed files alike", async () => {
  await withFile(whole, "-idx3-ubyte", async (path) => {
    assertEquals((await readIdx(path)).data, decodeIdx(whole).data);
  });
  await withFile(await gzip(whole), ".gz", async (path) => {
    assertEquals((await readIdx(path)).data, decodeIdx(whole).data);
  });
});

Deno.test("readIdx() names a missing file by its path", async () => {
  await assertRejects(
    () => readIdx("/nowhere/train-images.gz"),
    Deno.errors.NotFound,
    "readIdx() expects the file /nowhere/train-images.gz but found none",
  );
});

Deno.test("readIdx() refuses damaged and truncated compression", async () => {
  const packed = await gzip(whole);
  const damaged = [
    packed.subarray(0, packed.length - 6),
    packed.subarray(0, 2),
    packed.with(packed.length - 6, packed[packed.length - 6] ^ 1), // check sum
    new Uint8Array([...packed, 7, 8]),
    new Uint8Array([...packed, ...packed.subarray(0, 12)]), // second member
  ];
  for (const bytes of damaged) {
    await withFile(bytes, ".gz", async (path) => {
      await assertRejects(
        () => readIdx(path),
        TypeError,
        `readIdx() expects whole gzip data in ${path} but found it damaged`,
      );
    });
  }
});

Deno.test("readIdx() reads gzip of several members, padded with zeros, as gunzip does", async () => {
  // large enough for members and padding that meet the ends of chunks
  const values = Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
  const large = idx([0, 0, 8, 1], [values.length], values);
  for (const cut of [1, 4, 10, 65_536, 299_999]) {
    const [first, second] = [large.slice(0, cut), large.slice(cut)];
    const packed = [...await gzip(first), ...await gzip(second)];
    for (const zeros of [0, 1, 200_000]) {
      const bytes = new Uint8Array(packed.length + zeros);
      bytes.set(packed);
      await withFile(bytes, ".gz", async (path) => {
        assertEquals((await readIdx(path)).data, decodeIdx(large).data);
      });
    }
  }
});

Deno.test("readIdx() sees in the bytes, not in the name, whether a file is compressed", async () => {
  await withFile(whole, ".gz", async (path) => {
    assertEquals((await readIdx(path)).data, decodeIdx(whole).data);
  });
  await withFile(await gzip(whole), "-idx3-ubyte", async (path) => {
    assertEquals((await readIdx(path)).data, decodeIdx(whole).data);
  });
  await withFile(
    await gzip(new Uint8Array(await gzip(whole))),
    "",
    async (path) => {
      await assertRejects(() => readIdx(path), TypeError, "compressed twice");
    },
  );
  await withFile(new TextEncoder().encode("PK.."), ".gz", async (path) => {
    await assertRejects(() => readIdx(path), TypeError, "this is no IDX file");
  });
});

Deno.test("decodeIdx() and readIdx() refuse options that they do not know", async () => {
  const wrong: [unknown, string][] = [
    [{ axis: 3 }, '() expects only the options axes but found "axis"'],
    [
      { axes: 0 },
      "() expects axes as a whole number from 1 to 255 but found 0",
    ],
    [{ axes: "3" }, 'from 1 to 255 but found "3"'],
    [{ axes: 1.5 }, "from 1 to 255 but found 1.5"],
    [3, "() expects an object of options but found 3"],
  ];
  for (const [options, message] of wrong) {
    assertThrows(() => decodeIdx(whole, options as object), Error, message);
    await assertRejects(
      () => readIdx("/nowhere", options as object),
      Error,
      message,
    );
  }
  assertThrows(
    () => decodeIdx("file" as never),
    TypeError,
    'decodeIdx() expects a Uint8Array but found "file"',
  );
});

Deno.test("readIdx() refuses what is no file here, by its name", async () => {
  await assertRejects(
    () => readIdx(new URL("https://example.org/a.gz")),
    TypeError,
    "readIdx() expects a path or the URL of a local file but found https://example.org/a.gz",
  );
  await assertRejects(
    () => readIdx(undefined as never),
    TypeError,
    "readIdx() expects a path or the URL of a local file but found undefined",
  );
  await assertRejects(
    () => readIdx(new URL(".", import.meta.url)),
    Deno.errors.IsADirectory,
    "readIdx() expects a file but found the folder",
  );
});

Deno.test("readIdx() names the file whose values are truncated", async () => {
  await withFile(await gzip(whole.slice(0, 18)), ".gz", async (path) => {
    await assertRejects(
      () => readIdx(path, { axes: 3 }),
      TypeError,
      `in ${path} 6 values for the shape [2, 1, 3] but found 2: the file is truncated`,
    );
  });
});

Deno.test("pathOf() writes a file URL as its path", () => {
  assertEquals(pathOf("data/a b.gz"), "data/a b.gz");
  assertEquals(pathOf(new URL("file:///data/a%20b.gz")), "/data/a b.gz");
  assertEquals(pathOf("file:///C:/data/a.gz"), "C:/data/a.gz");
});
