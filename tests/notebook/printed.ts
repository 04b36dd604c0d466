import { resetClaims } from "../../lib/notebook/record.ts";

/** Runs `work` with a fresh record, and returns what it printed. */
export async function printed(work: () => Promise<void>): Promise<string> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (text: string) => lines.push(text);
  resetClaims();
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}
