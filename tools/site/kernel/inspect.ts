/** A value as text, much as Deno shows it. */
export function inspect(value: unknown, depth = 4): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") {
    return `[Function${value.name ? `: ${value.name}` : ""}]`;
  }
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return value.stack ?? String(value);
  const name = value.constructor?.name ?? "";
  const entries = value instanceof Map || value instanceof Set;
  const list = Array.isArray(value) || ArrayBuffer.isView(value);
  if (depth === 0) return list ? "[Array]" : `[${name || "Object"}]`;
  const items = list || entries
    ? [...value as Iterable<unknown>]
    : Object.entries(value);
  const shown = items.slice(0, 20).map((item) => {
    if (list || value instanceof Set) return inspect(item, depth - 1);
    const [key, one] = item as [unknown, unknown];
    return value instanceof Map
      ? `${inspect(key, depth - 1)} => ${inspect(one, depth - 1)}`
      : `${key}: ${inspect(one, depth - 1)}`;
  });
  if (items.length > shown.length) {
    shown.push(`... ${items.length - shown.length} more items`);
  }
  const [open, close] = list ? "[]" : "{}";
  const kind = list || entries ? `${name}(${items.length}) ` : `${name} `;
  const prefix = ["Array", "Object", ""].includes(name) ? "" : kind;
  if (shown.length === 0) return `${prefix}${open}${close}`;
  const line = `${prefix}${open} ${shown.join(", ")} ${close}`;
  if (line.length <= 80) return line;
  const inner = shown.join(",\n").replaceAll(/^/gm, "  ");
  return `${prefix}${open}\n${inner}\n${close}`;
}
