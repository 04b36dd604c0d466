/** Programs of the system that hold a process back further, where it has them. */
import { join } from "node:path";

/**
 * Words before a command, so that it
 * - finds the folder mounted read-only (Linux, where users may mount for themselves),
 * - is ended with the process that started it, however that ends (Linux),
 * - has no rights of root's, and gets no new ones (Linux),
 * - gives way to others (Linux, macOS).
 *
 * Each is tried out with `program --version` and left out where it does not work.
 */
export function confinement(
  folder: string,
  program: string,
): Promise<readonly string[]> {
  const key = `${folder}\n${program}`;
  const found = tried.get(key) ?? findOut(folder, program);
  tried.set(key, found);
  return found;
}

const tried = new Map<string, Promise<readonly string[]>>();

/** Of system programs; the sandbox itself may not read its environment. */
export const searchPath = "/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * A folder that cannot exist, on any system, because a file stands where its parent
 * would: caches and localStorage have no place there.
 */
export const noFolder: string = join(Deno.execPath(), "none");

async function findOut(folder: string, program: string): Promise<string[]> {
  if (Deno.build.os === "windows") return [];
  const run = [program, "--version"];
  const locked = ["/bin/sh", "-c", '! touch "$0" && exec "$@"'];
  const probe = join(folder, `probe.${crypto.randomUUID()}`);
  const death = ["setpriv", "--pdeathsig=KILL", "--no-new-privs"];
  const rightless = [...death, "--bounding-set=-all", "--inh-caps=-all"];
  const gentle = ["nice", "-n", "5", "setsid"];
  const mount = [
    "unshare",
    "--mount",
    "--propagation=private",
    ...(Deno.uid() === 0 ? [] : ["--map-root-user"]),
    "/bin/sh",
    "-c",
    'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"',
    folder,
  ];
  const all = [...mount, ...rightless, ...gentle];
  if (await works([...all, ...locked, probe, ...run])) return all;
  await Deno.remove(probe).catch(() => {}); // where the mount is not read-only
  const some: string[] = [];
  for (const part of [rightless, death, ["nice", "-n", "5"]]) {
    if (part === death && some.length > 0) continue;
    if (await works([...some, ...part, ...run])) some.push(...part);
  }
  return some;
}

/** Whether a command ends well. */
async function works([program, ...args]: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args,
      clearEnv: true,
      env: { PATH: searchPath, DENO_DIR: noFolder },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
