/**
 * Three notebooks of the course in the browser, at the same time, to their ends:
 * the first, one with many small networks, one with many megabytes of data.
 * `deno task test:site` runs all of them.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { serve } from "../../tools/site/serve.ts";
import { browserTest } from "./browser_test_case.ts";
import { openPage } from "./lab.ts";
import { openLite, runLecture } from "./lite.ts";

const names = ["00_purpose", "02_convolution", "08_backbones"];

browserTest(
  "00, 02 and 08 run to their ends in the browser, without a server",
  async (browser) => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", join(root, "tools", "site.ts"), "--draft"],
        ...names.map((name) => join(root, "notebooks", `${name}.ipynb`)),
      ],
      stdin: "null",
      stdout: "null",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    await Promise.all(names.map(async (name) => {
      await using site = serve(join(root, ".cache", "lite", "site"), "/course");
      const { page, left, errors } = await openPage(browser);
      page.setDefaultTimeout(900_000);
      await openLite(page, site, name);
      const { failure } = await runLecture(page);
      assertEquals(failure, undefined, name);
      assertGreater(await page.locator(".cnn-plotly .main-svg").count(), 0);
      assertEquals([left, errors, site.missing], [[], [], []], name);
    }));
  },
);
