import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { useBackend } from "cnn";
import { assertClose } from "./compare.ts";
import { gradientsOn, type Told } from "./webgpu_gradients.ts";

// The test tasks hide the adapter from their own processes.
const { DENO_WEBGPU_BACKEND: _, ...env } = Deno.env.toObject();
const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["run", "-A", "--no-check"],
    fileURLToPath(new URL("webgpu_gradients.ts", import.meta.url)),
  ],
  env,
  clearEnv: true,
}).output();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Undefined where the process broke; the test says so. */
const told: Told | undefined = code === 0
  ? JSON.parse(text(stdout).trim().split("\n").at(-1)!)
  : undefined;

Deno.test({
  name: "convolutions train on webgpu as on cpu",
  // An emulated adapter will do here; machines without any skip this.
  ignore: told?.kind === "none",
  async fn() {
    assertEquals(code, 0, `the graphics process broke: ${text(stderr)}`);
    const expected = await gradientsOn("cpu");
    expected.forEach((values, i) =>
      assertClose(
        Float32Array.from(told!.gradients[i]),
        Float32Array.from(values),
        `array ${i}`,
      )
    );
    await useBackend("wasm");
  },
});
