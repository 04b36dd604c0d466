/** The course's notebooks in their order, as students get them. */
import { basename, join } from "node:path";
import {
  chooseNotebooks,
  type NotebookFile,
  readNotebook,
} from "../homework/notebook/load.ts";
import type { Notebook } from "../homework/notebook/notebook.ts";
import { studentVersion } from "../homework/notebook/strip.ts";
import { root } from "../paths.ts";
import { SetupError } from "../process.ts";

/** The order to read the course in. */
const order = [
  ...["00_purpose", "A_training", "01_dnn_to_cnn", "02_convolution"],
  ...["03_pooling", "04_fully_connected", "B_inside", "05_vgg"],
  ...["06_googlenet", "07_resnet", "08_backbones", "C_clinic"],
];

/** A notebook of the course. */
export interface Lesson {
  readonly name: string;
  /** Its heading, "02 Convolution". */
  readonly title: string;
  /** The file itself, with the solutions. */
  readonly file: NotebookFile;
  /** What may be published. */
  readonly student: Notebook;
}

/** The notebooks that are named, or all, in the order of the course. */
export async function lessons(args: readonly string[]): Promise<Lesson[]> {
  const paths = await chooseNotebooks(args, join(root, "notebooks"));
  const found = await Promise.all(paths.map(async (path) => {
    const name = basename(path, ".ipynb");
    if (!order.includes(name)) {
      throw new SetupError(
        `The site expects notebooks of the course but found ${name}: add it to the order in tools/site/course.ts.`,
      );
    }
    const file = await readNotebook(path);
    const title = /^# (.+)$/m.exec(file.cells[0].source)?.[1] ?? name;
    return { name, title, file, student: studentVersion(file) };
  }));
  return found.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}
