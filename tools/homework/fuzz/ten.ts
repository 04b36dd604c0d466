/** Ten attackers of different kinds, as cells of code that are added to a notebook. */

let deep = "d";
for (let level = 0; level < 30; level++) deep = `async(a=${deep})`;

const data = (code: string) =>
  JSON.stringify(`data:text/javascript,${encodeURIComponent(code)}`);

/** Code by what it tries. */
export const tenAttackers: Readonly<Record<string, string>> = {
  "a loop without end": "for (;;);",
  "a wait without end": "await new Promise(() => setInterval(() => {}, 1000));",
  "all memory": "const a = []; for (;;) a.push(new Float64Array(4e6).fill(1));",
  "all processors": `for (let i = 0; i < 60; i++) {
  new Worker(${
    data(
      `crypto.subtle.importKey("raw", new Uint8Array(9), "PBKDF2", false, ["deriveBits"]).then((key) => {
  for (let j = 0; j < 64; j++) crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-512", salt: new Uint8Array(9), iterations: 2 ** 31 }, key, 512);
}); setInterval(() => {}, 1000);`,
    )
  }, { type: "module" });
}
await new Promise(() => setInterval(() => {}, 1000));`,
  "its own end": "setInterval(() => Deno.exit(0), 1);",
  "a busy parser": `function unused() { return ${deep}; }`,
  "others' files": `import fs from "node:fs";
import { join } from "node:path";
function lock(path) {
  let file;
  try { file = fs.openSync(path, "r"); } catch { return; }
  try { for (const name of fs.readdirSync(path)) lock(join(path, name)); } catch { /* a file */ }
  try { fs.fchmodSync(file, 0); } catch { /* refused */ }
  fs.closeSync(file);
}
for (const name of ["lib", "tools", "data", "node_modules"]) lock(join(Deno.cwd(), name));`,
  "a flood": `const bytes = new Uint8Array(1 << 20).fill(97);
for (;;) { Deno.stdout.writeSync(bytes); Deno.stderr.writeSync(bytes); }`,
  "forged replies":
    `Object.defineProperty(Object.prototype, "toJSON", { configurable: true, value() {
  return typeof this.id === "number" && "kind" in this ? { id: this.id, kind: "error", error: { message: 5 } } : this;
} });`,
  "long errors": `for (let i = 0; i < 50; i++) {
  Promise.reject(new Error("x".repeat(1e7)));
  console.error("\\u001b[2J\\n::error::" + "y".repeat(1e6));
}
throw new Error("z".repeat(3e8));`,
};
