/**
 * Where the repository lies, seen from this module.
 *
 * @module
 */
import { pathOf } from "../../lib/data/files.ts";

/** The repository's folder, without a slash at the end. */
export const rootFolder: string = pathOf(new URL("../../", import.meta.url))
  .replace(/[\\/]$/, "");

/** Joins parts of a path with "/", which every system accepts. */
export function join(...parts: string[]): string {
  return parts.join("/").replace(/\/+/g, "/");
}
