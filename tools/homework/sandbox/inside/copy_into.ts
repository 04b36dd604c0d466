/** What a student's function did to its arguments, repeated on the check's own. */

const plain = { writable: true, enumerable: true, configurable: true };

/** "Array", "Object", "Float32Array": rebuilt data has no tag of its own. */
const kindOf = (value: unknown): string =>
  Object.prototype.toString.call(value).slice(8, -1);

/**
 * Makes `target` hold what `source` does. What still has the kind that it had is
 * changed in its place, since others may hold it; all else is put in its stead, so
 * that a list of numbers does not pass for the typed array that it was.
 *
 * @returns False where `target` itself is of another kind or length.
 */
export function copyInto(target: unknown, source: unknown): boolean {
  if (kindOf(target) !== kindOf(source)) return false;
  if (ArrayBuffer.isView(target)) {
    const [to, from] = [target as Float64Array, source as Float64Array];
    if (to.length !== from.length) return false;
    to.set(from);
    return true;
  }
  if (!Array.isArray(target) && kindOf(target) !== "Object") return false;
  const [to, from] = [target, source] as Record<string, unknown>[];
  if (Array.isArray(to)) to.length = (source as unknown[]).length;
  for (const key of Object.keys(to)) {
    if (!Object.hasOwn(from, key)) delete to[key];
  }
  for (const [key, value] of Object.entries(from)) {
    // Own properties only: "__proto__" must not lead to a prototype.
    const old = Object.hasOwn(to, key) ? to[key] : undefined;
    if (!copyInto(old, value)) {
      Object.defineProperty(to, key, { value, ...plain });
    }
  }
  return true;
}
