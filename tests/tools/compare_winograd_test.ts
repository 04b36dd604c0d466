import { assertEquals, assertThrows } from "@std/assert";
import { chosen } from "../../tools/compare_winograd.ts";
import { UsageError } from "../../tools/options.ts";

Deno.test("compare:winograd trains all, or what is named, and says what there is", () => {
  const names = (args: string[]) => chosen(args)?.map(({ name }) => name);
  assertEquals(names([])!.length, 5);
  assertEquals(names(["VGG"])!.length, 2);
  assertEquals(names(["05:", "07:"])!.map((name) => name.slice(0, 2)), [
    "05",
    "07",
  ]);
  assertEquals(names(["--help"]), undefined);
  const expected = /expects a word .* found "alexnet"[^]*- LeNet to 99 %/;
  for (
    const [args, message] of [
      [["vgg", "alexnet"], expected],
      [["--fast"], /--fast[^]*- LeNet to 99 %/],
    ] as const
  ) {
    const error = assertThrows(() => chosen(args), UsageError);
    assertEquals(message.test(error.message), true, error.message);
  }
});
