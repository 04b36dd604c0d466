/**
 * Compiles lib/engine/assembly (AssemblyScript) to the two committed binaries:
 * `kernels-fma.wasm` with fused multiply-add (relaxed SIMD) and `kernels.wasm`
 * with plain SIMD for engines that lack it; and writes `calls.ts`, which names the
 * numbers that their functions take.
 *
 *     deno task build:wasm
 */
import { join } from "node:path";
import { writeWhole } from "./files.ts";
import { withoutArguments } from "./options.ts";
import { root } from "./paths.ts";
import { output, withPlainErrors } from "./process.ts";

/**
 * The compiler, which weighs 100 MB and which nobody needs who only reads the
 * course: not in deno.json, whose packages every reader installs. It stays in
 * Deno's own cache; its versions and checksums stand in wasm.lock.json.
 */
const COMPILER = [
  ...["run", "--quiet", "-A", "--no-config", "--node-modules-dir=none"],
  ...[`--lock=${join(root, "tools", "wasm.lock.json")}`, "--frozen"],
  "npm:assemblyscript@0.28.20/asc",
];
const SOURCE = join(root, "lib", "engine", "assembly");
const TARGET = join(root, "lib", "engine", "kernels");

/** File name of each binary, and what its build adds. */
export const BINARIES: Record<string, readonly string[]> = {
  "kernels.wasm": ["--use", "USE_FMA=0"],
  "kernels-fma.wasm": ["--use", "USE_FMA=1", "--enable", "relaxed-simd"],
};

/** From here on an address means the scratch of the thread that takes the task. */
const OWN = 2 ** 40;

/** Functions of the thread pool: they start tasks and are none. */
const POOL = "./threads";

/** A function of index.ts that tasks may call, and its parameters. */
interface WasmFunction {
  name: string;
  file: string;
  parameters: { name: string; type: string }[];
}

/** A number that is no address, however large. */
const isFloat = (type: string) => type === "f32" || type === "f64";

/** These functions by the alphabet, as lib/engine/kernels/threads.ts counts them. */
function wasmFunctions(): WasmFunction[] {
  const read = (file: string) =>
    Deno.readTextFileSync(join(SOURCE, `${file}.ts`));
  const lines = read("index").matchAll(/^export \{ (.+) \} from "(.+)";$/gm);
  return [...lines].filter(([, , file]) => file !== POOL).flatMap((
    [, names, file],
  ) =>
    names.split(", ").map((name) => {
      const [, list] = read(file).match(
        new RegExp(`^export function ${name}\\(([^)]*)\\)`, "m"),
      )!;
      const parameters = [...list.matchAll(/(\w+): (\w+)/g)]
        .map(([, name, type]) => ({ name, type }));
      return { name, file, parameters };
    })
  ).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** lib/engine/kernels/calls.ts: the functions with their numbers by name. */
export function bindings(): string {
  return [
    "// deno-fmt-ignore-file",
    "/**",
    " * Calls of our WebAssembly functions, whose numbers go by their names.",
    " *",
    " * Made by `deno task build:wasm` from lib/engine/assembly, which says what each",
    " * function does; addresses and steps are in bytes.",
    " *",
    " * @module",
    " */",
    "type Named<Name extends string> = Readonly<Record<Name, number>>;",
    "",
    "/**",
    " * OWN + 16 means byte 16 of the scratch of whichever thread takes the task. Only",
    " * tasks know such addresses.",
    " */",
    "export const OWN = 2 ** 40;",
    "",
    "/** Places in a call of numbers that are no addresses, however large. */",
    "export const FLOATS: Readonly<Record<string, readonly number[]>> = {",
    ...wasmFunctions().flatMap(({ name, parameters }) => {
      const places = parameters.flatMap(({ type }, i) =>
        isFloat(type) ? i : []
      );
      return places.length > 0 ? `  ${name}: [${places.join(", ")}],` : [];
    }),
    "};",
    "",
    ...wasmFunctions().flatMap(({ name, parameters }) => {
      const type = parameters.map(({ name }) => `"${name}"`).join(" | ");
      const list = parameters.map(({ name }) => `, n.${name}`).join("");
      return [
        `export const ${name} = (n: Named<${type}>) =>`,
        `  ["${name}"${list}] as const;`,
      ];
    }),
    "",
  ].join("\n");
}

/** The module `calls`: calls a function by its number with numbers from memory. */
function callsSource(): string {
  const functions = wasmFunctions();
  const cases = functions.map(({ name, parameters }, id) => {
    const given = parameters.map(({ type }, i) =>
      isFloat(type)
        ? `<${type}>f64.load(at, ${8 * i})`
        : `<${type}>whole(f64.load(at, ${8 * i}), own)`
    );
    return `    case ${id}: ${name}(${given.join(", ")}); break;`;
  });
  return [
    ...functions.map(({ name, file }) => `import { ${name} } from "${file}";`),
    "// @ts-ignore: decorator",
    "@inline",
    "function whole(number: f64, own: i64): i64 {",
    "  const n = <i64>number;",
    `  return n < ${OWN} ? n : n - ${OWN} + own;`,
    "}",
    "export function call(id: i32, at: usize, own: i64): void {",
    "  switch (id) {",
    ...cases,
    "  }",
    "}",
  ].join("\n");
}

/**
 * Compiles one binary.
 *
 * @throws {Error} The sources do not compile; the message is the compiler's.
 */
export async function compile(name: string): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  try {
    for await (const { name } of Deno.readDir(SOURCE)) {
      await Deno.copyFile(join(SOURCE, name), join(folder, name));
    }
    await Deno.writeTextFile(join(folder, "calls.ts"), callsSource());
    const file = join(folder, name);
    const { success, stdout, stderr } = await output([
      Deno.execPath(),
      ...COMPILER,
      ...["index.ts", "--outFile", file, ...BINARIES[name]],
      ...["--enable", "simd", "--enable", "threads"],
      // No allocator and no data of its own: the memory belongs to tfjs.
      ...["--runtime", "stub", "--importMemory", "--noExportMemory"],
      // -O3 nests the chained multiply-adds, and V8 then runs short of registers.
      ...["-O2", "--noAssert"],
      // What tfjs starts with: a memory known to be that large needs fewer checks.
      ...["--initialMemory", "256", "--maximumMemory", "65536"],
    ], { cwd: folder });
    if (!success) {
      throw new Error(`compiling ${name} failed:\n${stdout}${stderr}`);
    }
    return await Deno.readFile(file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await withPlainErrors(main);

async function main(): Promise<number> {
  withoutArguments("build:wasm", Deno.args);
  const binaries = new Map<string, Uint8Array>();
  for (const name of Object.keys(BINARIES)) {
    binaries.set(name, await compile(name));
  }
  // Both or none: the two are built from the same sources.
  for (const [name, binary] of binaries) {
    await writeWhole(join(TARGET, name), binary);
    console.log(`${name}: ${binary.length} bytes`);
  }
  await writeWhole(join(TARGET, "calls.ts"), bindings());
  return 0;
}
