/** The Python packages that build the site, in a folder of their own. */
import { join } from "node:path";
import { setUp } from "../environment.ts";
import { type Environment, installPython } from "../install_python.ts";
import { root } from "../paths.ts";

const name = join(".cache", "site-python");

/**
 * Installs Sphinx and JupyterLite, once: what only a publisher needs is in no
 * reader's set-up.
 */
export async function setUpSite(): Promise<
  { course: Environment; site: Environment; bin: string }
> {
  const course = await setUp();
  const bin = join(
    root,
    name,
    Deno.build.os === "windows" ? "Scripts" : "bin",
  );
  const site: Environment = {
    python: join(bin, "python"),
    env: {
      ...course.env,
      JUPYTER_PATH: join(root, name, "share", "jupyter"),
    },
  };
  await installPython(root, site, console.error, {
    name,
    packages: "site.txt",
  });
  return { course, site, bin };
}
