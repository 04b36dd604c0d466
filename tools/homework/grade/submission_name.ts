/** Which assignment a file belongs to, by its name. */

/** What JupyterLab, browsers, systems and Canvas add to the name of a copy. */
const copy =
  /^(?:[ _-]*(?:\(\d+\)|copy[ _-]*\d*|kopie|copie|copia|복사본|사본))+$|^-\d{1,2}$/u;

/** As names are compared: macOS writes "é" as two characters. */
function plain(name: string): string {
  return name.normalize("NFC").toLowerCase().trim();
}

/**
 * True where a file's name is that of the notebook, as handing in leaves it:
 *
 * - `hw1`, whatever the case of its letters;
 * - with something before it that ends in no letter or digit: `kim hw1`,
 *   `kim_LATE_123_456_hw1` (Canvas), `Kim Ada_123_assignsubmission_file_hw1`
 *   (Moodle), `[kim] hw1`;
 * - as a copy: `hw1-Copy1`, `hw1 (2)`, `hw1 - Copy`, `hw1-1` (Canvas), also
 *   with the student's name behind it: `hw1_kim`.
 *
 * `hw10`, `xhw1` and `hw1_bonus` are others.
 *
 * @param stem Name of the file without ".ipynb".
 * @param student Name of the student's folder.
 */
function belongs(stem: string, notebook: string, student: string): boolean {
  const [name, wanted, who] = [stem, notebook, student].map(plain);
  for (
    let at = name.indexOf(wanted);
    at >= 0;
    at = name.indexOf(wanted, at + 1)
  ) {
    if (at > 0 && /[\p{L}\p{N}]$/u.test(name.slice(0, at))) continue;
    let rest = name.slice(at + wanted.length);
    if (rest === "" || copy.test(rest)) return true;
    if (!/^[ _-]/.test(rest) || who === "") continue;
    rest = rest.replace(/^[ _-]+/, "");
    if (!rest.startsWith(who)) continue;
    rest = rest.slice(who.length);
    if (rest === "" || copy.test(rest)) return true;
  }
  return false;
}

/**
 * The notebook that a file belongs to: of several the one with the longest
 * name, so that `bonus_hw1.ipynb` is `bonus_hw1` and not somebody's `hw1`.
 *
 * @param notebooks Names of all notebooks that there are, graded now or not.
 */
export function notebookOf(
  stem: string,
  notebooks: readonly string[],
  student: string,
): string | undefined {
  const fitting = notebooks.filter((one) => belongs(stem, one, student));
  return fitting.sort((a, b) => b.length - a.length)[0];
}
