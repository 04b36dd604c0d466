import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { published, roomText, withCategory } from "../../tools/doc.ts";

Deno.test("withCategory() tags the comment of an export, and no other", () => {
  assertEquals(
    withCategory(
      "/** A. @module */\n\n/** B. */\nconst b = 1;\n/** C. */\nexport const c = 1;\n",
      "layers",
    ),
    "/** A. @module */\n\n/** B. */\nconst b = 1;\n/** C.\n *\n * @category layers\n */\nexport const c = 1;\n",
  );
});

Deno.test("roomText() is the text of a barrel's comment", () => {
  assertEquals(
    roomText("/**\n * The\n * layers.\n *\n * @module\n */\nexport {};"),
    "The\nlayers.",
  );
  assertEquals(roomText("/** Plots. @module */\n"), "Plots.");
});

Deno.test("published() leads to the sources beside the pages, and nowhere else", () => {
  const at = (file: string) =>
    `<a href="file:&#x2F;&#x2F;&#x2F;tmp&#x2F;made&#x2F;${file}">`;
  assertEquals(
    published(at("lib&#x2F;data&#x2F;idx.ts"), "~/readIdx.html", "made"),
    '<a href="../source/lib/data/idx.ts.txt">',
  );
  assertThrows(() => published(at("a.ts"), "a.html", "other"), Error, "other");
});

Deno.test("deno task doc has a page for each name and a front page by rooms", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tools/doc.ts"],
    cwd: root,
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
  const page = (name: string) =>
    Deno.readTextFile(join(root, "output", "api", name));
  const front = await page("index.html");
  for (const room of ["layers", "plot", "networks", "exercises"]) {
    assertStringIncludes(front, `href=".&#x2F;${room}.html"`);
  }
  assertStringIncludes(front, "TensorFlow.js: the choice of its engine");
  assertStringIncludes(front, "The one door to the notebook");
  assertStringIncludes(front, '<link rel="icon" href="favicon.svg">');
  assertStringIncludes(await page("favicon.svg"), "<svg");
  const layers = await page("layers.html");
  assertStringIncludes(layers, "conv2dBackward");
  assertEquals(layers.includes("barChart"), false, "a plot among the layers");
  const conv2d = await page("~/conv2d.html");
  assertStringIncludes(conv2d, "from &quot;cnn&quot;");
  const source = "source/lib/layers/conv2d.ts.txt";
  assertStringIncludes(conv2d, `href="../${source}`);
  assertStringIncludes(await page(source), "export function conv2d(");
  assertStringIncludes(await page("page.css"), "#content > *");
});
