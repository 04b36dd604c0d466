/**
 * Puts the explorer's page, lib/explorer/page, and the layers that it runs into one
 * script, which goes along in the output: lib/explorer/built.ts.
 *
 *     deno task build:explorer
 */
import { join } from "node:path";
import { writeWhole } from "./files.ts";
import { withoutArguments } from "./options.ts";
import { root } from "./paths.ts";
import { output, withPlainErrors } from "./process.ts";

/**
 * The bundler, as WebAssembly: the same bytes on every machine. Not in deno.json,
 * whose packages every reader installs; its version and checksum stand in
 * esbuild.lock.json.
 */
const BUNDLER = [
  ...["run", "--quiet", "-A", "--no-config", "--node-modules-dir=none"],
  ...[`--lock=${join(root, "tools", "esbuild.lock.json")}`, "--frozen"],
  "npm:esbuild-wasm@0.25.12/esbuild",
];

/** Path of what is built. */
export const BUILT = join(root, "lib", "explorer", "built.ts");

/**
 * The text of lib/explorer/built.ts.
 *
 * @throws {Error} The sources do not build; the message is the bundler's.
 */
export async function buildExplorer(): Promise<string> {
  const { success, stdout, stderr } = await output([
    Deno.execPath(),
    ...BUNDLER,
    ...["lib/explorer/page/main.ts", "--bundle", "--minify"],
    ...["--format=iife", "--global-name=page", "--target=es2022"],
    // No line of a script may be taken for the end of its tag.
    ...["--charset=ascii", "--log-level=warning", "--legal-comments=none"],
  ], { cwd: root });
  if (!success) throw new Error(`building the explorer failed:\n${stderr}`);
  const script = stdout.trim().replaceAll("</script", "<\\/script");
  return [
    "// deno-fmt-ignore-file",
    "// Made by `deno task build:explorer` from lib/explorer/page.",
    "/** Defines `page.mount(host)`, which makes an explorer's box alive. */",
    `export const pageScript: string =\n  ${JSON.stringify(script)};`,
    "",
  ].join("\n");
}

if (import.meta.main) await withPlainErrors(main);

async function main(): Promise<number> {
  withoutArguments("build:explorer", Deno.args);
  const text = await buildExplorer();
  await writeWhole(BUILT, text);
  console.log(`built.ts: ${text.length} characters`);
  return 0;
}
