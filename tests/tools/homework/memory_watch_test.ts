/** How much memory a process holds, whatever the size of a page. */
import { assert, assertEquals } from "@std/assert";
import { residentKilobytes } from "../../../tools/homework/sandbox/memory_watch.ts";

Deno.test("residentKilobytes() does not count in pages, which are 64 KB on some machines", () => {
  // A process of 1 GB where a page has 64 KB: 16,384 pages, as statm says.
  const status =
    "Name:\tdeno\nVmPeak:\t 9000000 kB\nVmRSS:\t 1048576 kB\nRssAnon:\t 1000 kB\n";
  assertEquals(residentKilobytes(status), 1_048_576);
  // A name cannot pretend to be the number, and who has ended holds none.
  assertEquals(residentKilobytes("Name:\tVmRSS: 5 kB\nState:\tZ\n"), 0);
  assertEquals(residentKilobytes(""), 0);
});

Deno.test({
  name: "residentKilobytes() agrees with what ps says of this process",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { stdout } = await new Deno.Command("ps", {
      args: ["-o", "rss=", "-p", String(Deno.pid)],
    }).output();
    const ps = Number(new TextDecoder().decode(stdout));
    const ours = residentKilobytes(
      await Deno.readTextFile(`/proc/${Deno.pid}/status`),
    );
    assert(ours > ps * 0.8 && ours < ps * 1.25, `${ours} and ${ps}`);
  },
});
