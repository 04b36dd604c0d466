import { assertEquals } from "@std/assert";
import { bytesText } from "../../lib/base/bytes.ts";

Deno.test("bytesText() takes the unit that leaves three digits before the point", () => {
  const texts: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "0.98 KiB"],
    [2560, "2.5 KiB"],
    [20 * 1024 + 512, "20.5 KiB"],
    [1204224, "1.15 MiB"],
    [2 ** 32, "4 GiB"],
    [5000 * 2 ** 40, "5,000 TiB"],
  ];
  for (const [bytes, text] of texts) assertEquals(bytesText(bytes), text);
});
