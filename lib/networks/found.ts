import { shown } from "../base/options.ts";

/** Letters of a whole architecture that a message shows. */
const MOST = 200;

/** What a message found: a setting as it is written, a network in its fields. */
export function found(value: unknown): string {
  const text = whole(value);
  return text.length > MOST ? `${text.slice(0, MOST)}...` : text;
}

function whole(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.slice(0, MOST).map(whole).join(",")}]`;
  }
  if (typeof value !== "object" || value === null) return shown(value);
  try {
    return JSON.stringify(value);
  } catch {
    return shown(value); // a bigint inside, or a circle
  }
}
