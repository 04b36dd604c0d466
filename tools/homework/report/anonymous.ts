/** Reports under ids instead of names, for who should not know whose work it is. */
import { isRecord, NotebookError } from "../notebook/notebook.ts";
import type { SubmissionResult } from "../grade/result.ts";
import type { Spool } from "./spool.ts";

/** The file that tells who is who. */
export const namesFile = "names.json";

/**
 * Ids of students, drawn by chance: nothing leads from an id to a name but the list.
 *
 * @param text The list of an earlier run, whose ids stay; undefined for none.
 * @returns Ids by name, in the order of the names.
 * @throws {NotebookError} The text is no such list.
 */
export function idsOf(
  students: Iterable<string>,
  text?: string,
): Map<string, string> {
  const known = new Map<string, string>(readNames(text));
  const taken = new Set(known.values());
  for (const name of students) {
    if (known.has(name)) continue;
    let id: string;
    do {
      id = crypto.getRandomValues(new Uint8Array(4)).toHex();
    } while (taken.has(id));
    taken.add(id);
    known.set(name, id);
  }
  return new Map([...known].sort(([a], [b]) => a < b ? -1 : 1));
}

function readNames(text = "{}"): [name: string, id: string][] {
  try {
    const list: unknown = JSON.parse(text);
    const pairs = isRecord(list) ? Object.entries(list) : [];
    if (
      isRecord(list) && new Set(pairs.map(([, id]) => id)).size === pairs.length
    ) return pairs.map(([name, id]) => [name, String(id)]);
  } catch { /* the same message */ }
  throw new NotebookError(
    `grade --anonymous expects ${namesFile} to hold an id for each name but found something else: move it away for new ids`,
  );
}

/** The list as a file. */
export function namesText(ids: ReadonlyMap<string, string>): string {
  return JSON.stringify(Object.fromEntries(ids), null, 1) + "\n";
}

/** The results of a class under ids, in the order of the ids, which tells nothing. */
export async function* anonymous(
  spool: Spool,
  ids: ReadonlyMap<string, string>,
): AsyncGenerator<SubmissionResult> {
  const places: [id: string, place: number][] = [];
  for (const place of spool.places()) {
    places.push([ids.get((await spool.at(place))!.student)!, place]);
  }
  places.sort(([a, i], [b, j]) => a === b ? i - j : a < b ? -1 : 1);
  for (const [student, place] of places) {
    yield { ...(await spool.at(place))!, student };
  }
}
