import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { cleanText } from "../../tools/clean.ts";
import { root } from "../../tools/paths.ts";
import { notebooksIn } from "../../tools/homework/notebook/load.ts";
import { fixtureText } from "./fixture.ts";

const ran = {
  execution_count: 7,
  outputs: [{ output_type: "stream", name: "stdout", text: "1" }],
};

Deno.test("clean takes out outputs, counts and times, and nothing else", () => {
  const cells = (change: object, metadata: object) => [
    {
      type: "markdown" as const,
      source: "Prose ü\n",
      metadata: { tags: ["a"] },
    },
    { source: "1;\n2;", metadata: { ...metadata, tags: ["b"] }, ...change },
  ];
  const kernelspec = {
    display_name: "Deno (CNN course)",
    language: "typescript",
    name: "deno-cnn",
  };
  const before = fixtureText(
    cells(ran, { execution: { started: "now" } }),
    { kernelspec, odd: [1, { deep: null }] },
  );
  const after = fixtureText(cells({}, {}), {
    kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
    odd: [1, { deep: null }],
  });
  assertEquals(
    cleanText(before),
    JSON.stringify(JSON.parse(after), null, 1) + "\n",
  );
});

Deno.test("clean keeps another's kernel, and the indentation", () => {
  const text = JSON.stringify(
    JSON.parse(fixtureText([{ source: "1", ...ran }], {
      kernelspec: { name: "deno", display_name: "My Deno" },
    })),
    null,
    4,
  );
  const clean = cleanText(text);
  assertEquals(/^\{\n {4}"cells"/.test(clean), true);
  assertEquals(JSON.parse(clean).metadata.kernelspec.display_name, "My Deno");
});

Deno.test("clean leaves a clean notebook as it is, byte for byte", async () => {
  for (const path of await notebooksIn(join(root, "notebooks"))) {
    const text = await Deno.readTextFile(path);
    assertEquals(cleanText(text) === text, true, path);
  }
});

Deno.test("clean of an executed course notebook gives the committed one", async () => {
  const path = join(root, "notebooks", "02_convolution.ipynb");
  const committed = await Deno.readTextFile(path);
  const notebook = JSON.parse(committed);
  for (const cell of notebook.cells) {
    if (cell.cell_type === "code") Object.assign(cell, ran);
  }
  const executed = JSON.stringify(notebook, null, 1) + "\n";
  assertEquals(cleanText(executed), committed);
});

Deno.test("clean writes the notebooks that need it, and none where one is no notebook", async () => {
  const folder = await Deno.makeTempDir({ prefix: "clä n" });
  const [a, b] = [join(folder, "a.ipynb"), join(folder, "b.ipynb")];
  const clean = async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["task", "--quiet", "--config", join(root, "deno.json")],
        ...["clean", folder],
      ],
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, printed: text(stdout) + text(stderr) };
  };
  try {
    await Deno.writeTextFile(a, fixtureText([{ source: "1", ...ran }]));
    await Deno.writeTextFile(b, "{");
    const before = await Deno.readTextFile(a);
    const broken = await clean();
    assertEquals(broken.code, 1);
    assertEquals(await Deno.readTextFile(a), before);
    await Deno.writeTextFile(b, fixtureText(["1"]));
    const { code, printed } = await clean();
    assertEquals(code, 0);
    assertEquals(/1 of 2 notebooks held outputs/.test(printed), true, printed);
    assertEquals(JSON.parse(await Deno.readTextFile(a)).cells[0].outputs, []);
    assertEquals(await Deno.readTextFile(b), fixtureText(["1"]));
    const names = await Array.fromAsync(Deno.readDir(folder), (e) => e.name);
    assertEquals(names.sort(), ["a.ipynb", "b.ipynb"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
