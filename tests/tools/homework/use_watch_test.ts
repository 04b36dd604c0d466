/** What a process uses: memory whatever the size of a page, and processor time. */
import { assert, assertEquals } from "@std/assert";
import {
  processorSeconds,
  residentKilobytes,
  useFromPs,
  useOf,
} from "../../../tools/homework/sandbox/use_watch.ts";

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

Deno.test("processorSeconds() reads past a name with spaces and parentheses", () => {
  const stat = `7 (a) 1 (b) R 1 7 7 0 -1 0 0 0 0 0 250 50 9 9 20 0 12 0 1`;
  assertEquals(processorSeconds(stat), 3);
});

Deno.test("useFromPs() reads minutes and hours", () => {
  const use = (time: string) => useFromPs(`  20480 ${time}\n`);
  assertEquals(use("1:02.50"), {
    megabytes: 20,
    seconds: 62.5,
    threads: 0,
    delayed: 0,
  });
  assertEquals(use("2:01:02")?.seconds, 7262);
  assertEquals(useFromPs("\n"), undefined);
});

Deno.test({
  name: "useOf() counts processor time, not time",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const process = new Deno.Command("sh", {
      args: [
        "-c",
        "sleep 1; i=0; while [ $i -lt 9000000 ]; do i=$((i+1)); done",
      ],
    }).spawn();
    let sleeping = 0;
    let busy = 0;
    const begin = performance.now();
    while (busy < 0.3 && performance.now() - begin < 60_000) {
      await new Promise((done) => setTimeout(done, 50));
      const { seconds = 0 } = useOf(process.pid) ?? {};
      if (performance.now() - begin < 700) sleeping = seconds;
      busy = seconds;
    }
    process.kill("SIGKILL");
    await process.status;
    assert(sleeping < 0.2, `${sleeping}`);
    assert(busy >= 0.3, `${busy}`);
    assertEquals(useOf(process.pid), undefined);
  },
});

Deno.test({
  name: "useOf() tells the time in which others had the processor",
  ignore: Deno.build.os !== "linux",
  async fn() {
    // Two loops on one processor: each waits while the other one runs.
    const loops = [1, 2].map(() =>
      new Deno.Command("taskset", {
        args: ["-c", "0", "sh", "-c", "while :; do :; done"],
      })
        .spawn()
    );
    const sleeper = new Deno.Command("sleep", { args: ["60"] }).spawn();
    let delays: number[] = [];
    const begin = performance.now();
    while (
      !(delays[0] > 0.3 && delays[1] > 0.3) &&
      performance.now() - begin < 60_000
    ) {
      await new Promise((done) => setTimeout(done, 50));
      delays = loops.map(({ pid }) => useOf(pid)?.delayed ?? 0);
    }
    const asleep = useOf(sleeper.pid)!.delayed;
    for (const process of [...loops, sleeper]) {
      process.kill("SIGKILL");
      await process.status;
    }
    assert(delays.every((delay) => delay > 0.3), `${delays}`);
    assert(asleep < 0.3, `${asleep}`);
  },
});
