/**
 * Compiles lib/tfjs/assembly (AssemblyScript) to the two committed binaries:
 * `kernels-fma.wasm` with fused multiply-add (relaxed SIMD) and `kernels.wasm`
 * with plain SIMD for engines that lack it.
 *
 *     deno task build:wasm
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../lib/homework/file_names.ts";

const SOURCE = new URL("../lib/tfjs/assembly/", import.meta.url);
const TARGET = new URL("../lib/tfjs/kernels/", import.meta.url);

/** File name of each binary, and what its build adds. */
export const BINARIES: Record<string, readonly string[]> = {
  "kernels.wasm": ["--use", "USE_FMA=0"],
  "kernels-fma.wasm": ["--use", "USE_FMA=1", "--enable", "relaxed-simd"],
};

/**
 * Compiles one binary.
 *
 * @throws {Error} The sources do not compile; the message is the compiler's.
 */
export async function compile(name: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    "index.ts",
    ...["--outFile", name, ...BINARIES[name], "--enable", "simd"],
    // No allocator and no data of its own: the memory belongs to tfjs.
    ...["--runtime", "stub", "--importMemory", "--noExportMemory"],
    ...["-O3", "--noAssert"],
  ], {
    readFile: (file) => {
      try {
        return Deno.readTextFileSync(new URL(file, SOURCE));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    writeFile: (_file, contents) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) {
    throw new Error(`compiling ${name} failed:\n${stderr.toString()}`);
  }
  return binary;
}

if (import.meta.main) {
  const binaries = new Map<string, Uint8Array>();
  for (const name of Object.keys(BINARIES)) {
    binaries.set(name, await compile(name));
  }
  // Both or none: the two are built from the same sources.
  for (const [name, binary] of binaries) {
    await writeWhole(fileURLToPath(new URL(name, TARGET)), binary);
    console.log(`${name}: ${binary.length} bytes`);
  }
}
