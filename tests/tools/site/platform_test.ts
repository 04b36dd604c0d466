/** The browser's platform has what the library asks of Deno's, and does the same. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { deflateSync, gzipSync } from "node:zlib";
import * as deno from "../../../lib/kernel/platform.ts";
import * as browser from "../../../tools/site/lite/platform.ts";

Deno.test("the browser's platform has the names of Deno's", () => {
  assertEquals(Object.keys(browser).sort(), Object.keys(deno).sort());
});

const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i * i % 251);

Deno.test("crc32() in the browser is zlib's", () => {
  for (const part of [bytes, bytes.subarray(0, 1), new Uint8Array(0)]) {
    assertEquals(browser.crc32(part), deno.crc32(part));
  }
});

Deno.test("inflate() in the browser reads what zlib packed, and zlib what it packs", () => {
  assertEquals(browser.inflate(deflateSync(bytes), 5000), bytes);
  assertEquals(
    new Uint8Array(deno.inflate(browser.deflate(bytes), 5000)),
    bytes,
  );
  for (const platform of [browser, deno]) {
    const error = assertThrows(() =>
      platform.inflate(deflateSync(bytes), 4999)
    ) as Error & { code: string };
    assertEquals(error.code, "ERR_BUFFER_TOO_LARGE");
    assertThrows(() => platform.inflate(bytes, 5000));
  }
});

Deno.test("gunzip() in the browser reads gzip, and refuses what is damaged", async () => {
  const packed = new Uint8Array(gzipSync(bytes));
  assertEquals(await browser.gunzip(packed), bytes);
  await assertRejects(async () => await browser.gunzip(packed.subarray(0, 40)));
});

Deno.test("a page in the browser refuses what it cannot do, with a reason", async () => {
  await assertRejects(() => browser.writeFile("a", bytes), TypeError, "folder");
  assertThrows(
    () => new browser.Worker("", {}),
    Error,
    "computes on one thread",
  );
});
