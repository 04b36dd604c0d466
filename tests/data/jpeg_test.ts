import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  at,
  dataFolder,
  loadPhoto,
  readJpeg,
  readPhoto,
  type Tensor,
} from "cnn";

/** 24 x 16 pixels, four areas; written by Pillow 12, which reads the colours below. */
const files = {
  baseline:
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAQABgDAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDyKvyI/vM85r/SU/zHCgD9zq/jc/RT8V6+CPwwKAP/2Q==",
  progressive:
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAQABgDASIAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAUGCP/EABYBAQEBAAAAAAAAAAAAAAAAAAMFBv/aAAwDAQACEAMQAAABkJzc+K1dYMy7iv/EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAQUCX//EAB0RAAAFBQAAAAAAAAAAAAAAAAAFERNhBhQjQXH/2gAIAQMBAT8BqQ4v2saIu+QH4H//xAAiEQAAAwcFAAAAAAAAAAAAAAAAERIEBRUWIjFRYWNxouL/2gAIAQIBAT8BdjdBF0rWWlj5yJs2O3kf/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgBAQAGPwJf/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgBAQABPyFf/9oADAMBAAIAAwAAABD/AO//xAAZEQEAAgMAAAAAAAAAAAAAAAARAHHB4fD/2gAIAQMBAT8QyrlqAnTqf//EABoRAQABBQAAAAAAAAAAAAAAABEQIUFxgbH/2gAIAQIBAT8Q7wU6k4BdiP/EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAT8QX//Z",
  grey:
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAQABgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APIq85or9zq/Feiv/9k=",
};
/** What Pillow reads at row 3 and 12, column 3 and 15. */
const expected = {
  baseline: [[221, 40, 31], [31, 60, 200], [240, 240, 240], [21, 120, 40]],
  progressive: [[222, 38, 36], [29, 60, 202], [241, 240, 235], [24, 119, 38]],
  grey: [93, 67, 240, 81].map((grey) => [grey, grey, grey]),
};
const bytesOf = (name: keyof typeof files) =>
  Uint8Array.fromBase64(files[name]);

async function throughFile(
  bytes: Uint8Array,
  read: (path: string) => Promise<Tensor> = readJpeg,
): Promise<Tensor> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    return await read(path);
  } finally {
    await Deno.remove(path);
  }
}

for (const name of ["baseline", "progressive", "grey"] as const) {
  Deno.test(`readJpeg() reads a ${name} file as Pillow does`, async () => {
    const x = await throughFile(bytesOf(name));
    assertEquals(x.shape, [1, 16, 24, 3]);
    [[3, 3], [3, 15], [12, 3], [12, 15]].forEach(([row, column], i) => {
      for (let c = 0; c < 3; c++) {
        const found = 255 * at(x, 0, row, column, c);
        const apart = Math.abs(found - expected[name][i][c]);
        assert(apart <= 10, `${apart}`); // colours at half size are enlarged otherwise
      }
    });
  });
}

/** The file with an EXIF block that holds an orientation alone, in either byte order. */
function oriented(orientation: number, little: boolean): Uint8Array {
  const block = new Uint8Array(36), view = new DataView(block.buffer);
  view.setUint32(0, 0xffe10022);
  block.set(new TextEncoder().encode("Exif\0\0"), 4);
  block.set(new TextEncoder().encode(little ? "II" : "MM"), 10);
  view.setUint16(12, 42, little);
  view.setUint32(14, 8, little);
  view.setUint16(18, 1, little); // one entry
  view.setUint16(20, 0x0112, little);
  view.setUint16(22, 3, little); // a short number
  view.setUint32(24, 1, little);
  view.setUint16(28, orientation, little);
  const file = bytesOf("baseline");
  return Uint8Array.from([...file.slice(0, 2), ...block, ...file.slice(2)]);
}

/** The colours of the corners, row by row: Red, Blue, White, Green. */
function corners(x: Tensor): string {
  const [, height, width] = x.shape;
  return [[2, 2], [2, width - 3], [height - 3, 2], [height - 3, width - 3]]
    .map(([row, column]) => {
      const [r, g, b] = [0, 1, 2].map((c) => at(x, 0, row, column, c) > 0.4);
      return r && g && b ? "W" : r ? "R" : b ? "B" : "G";
    }).join("");
}

// What Pillow's ImageOps.exif_transpose() makes of the same file.
const upright = [
  "RBWG",
  "BRGW",
  "GWBR",
  "WGRB",
  "RWBG",
  "WRGB",
  "GBWR",
  "BGRW",
];
upright.forEach((found, i) => {
  Deno.test(`readJpeg() turns a picture of orientation ${i + 1}`, async () => {
    for (const little of [true, false]) {
      const x = await throughFile(oriented(i + 1, little));
      assertEquals(x.shape, i < 4 ? [1, 16, 24, 3] : [1, 24, 16, 3]);
      assertEquals(corners(x), found);
    }
  });
});

Deno.test("readJpeg() leaves a picture as it lies where the orientation is damaged", async () => {
  assertEquals(corners(await throughFile(oriented(9, true))), "RBWG");
  const far = oriented(6, false);
  far[17] = 200; // the entries begin behind the block
  assertEquals(corners(await throughFile(far)), "RBWG");
});

Deno.test("readJpeg() names a file that is missing, cut or of another kind", async () => {
  await assertRejects(
    () => readJpeg("nowhere.jpg"),
    Deno.errors.NotFound,
    "readJpeg() expects the file nowhere.jpg but found none",
  );
  for (const bytes of [bytesOf("baseline").slice(0, 300), new Uint8Array(9)]) {
    await assertRejects(
      () => throughFile(bytes),
      TypeError,
      "readJpeg() expects a whole JPEG file in",
    );
  }
});

Deno.test("readJpeg() says of a picture that is too large to make it smaller", async () => {
  const bytes = bytesOf("baseline");
  const frame = bytes.findIndex((byte, i) =>
    byte === 0xff && bytes[i + 1] === 0xc0
  );
  bytes.fill(0x7f, frame + 5, frame + 9); // height and width, two bytes each
  await assertRejects(
    () => throughFile(bytes),
    RangeError,
    "make the picture smaller",
  );
});

Deno.test("readPhoto() reads both formats, by their first bytes", async () => {
  const jpeg = await throughFile(bytesOf("baseline"), readPhoto);
  assertEquals(jpeg, await throughFile(bytesOf("baseline")));
  const png = await readPhoto(new URL("photos/camera.png", dataFolder));
  assertEquals(png, await loadPhoto("camera"));
  await assertRejects(
    () => throughFile(new TextEncoder().encode("GIF89a"), readPhoto),
    TypeError,
    "readPhoto() expects a PNG or JPEG file but found another kind in",
  );
});

Deno.test("readPhoto() leaves an opacity out", async () => {
  const { encode } = await import("fast-png");
  const pixel = { width: 1, height: 1, data: new Uint8Array([51, 102, 0, 7]) };
  const x = await throughFile(encode({ ...pixel, channels: 4 }), readPhoto);
  assertEquals(x.shape, [1, 1, 1, 3]);
  assertEquals([...x.data].map((v) => Math.round(255 * v)), [51, 102, 0]);
});
