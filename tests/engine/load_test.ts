import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

Deno.test("TensorFlow.js and its engines are loaded when asked for, in a fresh process", async () => {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const code = `import { createRequire } from "node:module";
    const { cache } = createRequire("file:///");
    const packages = () => [...new Set(Object.keys(cache).flatMap((file) =>
      [...file.matchAll(/@tensorflow.(tfjs[a-z-]*)/g)].map(([, name]) => name)
    ))].sort().join(" ") || "none";
    const seen = [];
    const cnn = await import("cnn");
    const network = cnn.buildNetwork(cnn.mlp());
    network.forward(cnn.zeros([1, ...cnn.mlp().inputShape]));
    seen.push(packages());
    for (const call of [
      () => cnn.toLayersModel(cnn.lenet()),
      () => cnn.toTf(cnn.zeros([1])),
    ]) {
      try { call(); } catch (error) { seen.push(error.message); }
    }
    seen.push(packages());
    await cnn.loadTf();
    seen.push(packages());
    await cnn.useBackend("cpu");
    seen.push(packages());
    await cnn.useBackend("wasm", { threads: 1 });
    seen.push(packages());
    console.log(JSON.stringify(seen));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", decodeURIComponent(config), code],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assertEquals(text.decode(stderr), "");
  const told =
    "tfjs() expects TensorFlow.js to be loaded but found that it is not: call await useBackend() first";
  const tf = ["", "-backend-cpu", "-backend-webgl", "-converter", "-core"]
    .concat(["-data", "-layers"]).map((name) => `tfjs${name}`);
  const wasm = [...tf, "tfjs-backend-wasm"].sort();
  assertEquals(JSON.parse(text.decode(stdout)), [
    ...["none", told, told, "none"],
    ...[tf.join(" "), tf.join(" "), wasm.join(" ")],
  ]);
});
