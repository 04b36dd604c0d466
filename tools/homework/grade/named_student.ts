/** Whose notebook it is by its own words: exercises may draw their numbers from that. */

/** The grade_id of the cell in which students write their name. */
const nameCell = "student";

/**
 * A line for the instructor where a notebook names another student than its folder
 * does: its numbers are that one's.
 *
 * @param answers Texts of the cells to solve, by grade_id.
 */
export function namedStudent(
  folder: string,
  answers: ReadonlyMap<string, string>,
): string[] {
  const source = answers.get(nameCell);
  if (source === undefined || folder === "") return [];
  const [, , name] = /\bstudent\s*=\s*(["'`])(.*?)\1/.exec(source) ?? [];
  if (name === undefined) return [];
  const plain = (text: string) => text.trim().normalize("NFC").toLowerCase();
  return plain(folder).includes(plain(name)) && plain(name) !== "" ? [] : [
    `The notebook has the numbers of "${name}", and lies in the folder of "${folder}".`,
  ];
}
