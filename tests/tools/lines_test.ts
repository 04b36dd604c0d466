import { assertEquals } from "@std/assert";
import { TextLineStream } from "../../tools/lines.ts";

Deno.test("TextLineStream cuts lines wherever the chunks end", async () => {
  const lines = ReadableStream.from(["a\nb", "c\r\n", "\nlast"])
    .pipeThrough(new TextLineStream());
  assertEquals(await Array.fromAsync(lines), ["a", "bc", "", "last"]);
});
