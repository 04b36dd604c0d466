import { assertEquals } from "@std/assert";
import { linesOf } from "../../tools/lines.ts";

Deno.test("linesOf() cuts lines wherever the chunks end", async () => {
  const lines = linesOf(
    ReadableStream.from(["a\nb", "c\r\n", "\nlast"])
      .pipeThrough(new TextEncoderStream()),
  );
  assertEquals(await Array.fromAsync(lines), ["a", "bc", "", "last"]);
});
