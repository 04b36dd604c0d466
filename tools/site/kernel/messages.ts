/** What the page and the kernel in its worker say to each other. */

/** What the page asks. */
export type Request =
  | { type: "start"; modules: Record<string, string> }
  | { type: "execute"; id: number; code: string }
  | { type: "complete"; id: number; code: string; cursor: number };

/** What the worker answers; `cell` is the request that a thing belongs to. */
export type Answer =
  | { type: "stream"; cell: number; name: "stdout" | "stderr"; text: string }
  | {
    type: "display";
    cell: number;
    data: Record<string, unknown>;
    id?: string;
    update: boolean;
  }
  | { type: "result"; cell: number; data: Record<string, unknown> }
  | { type: "done"; id: number; error?: CellError }
  | { type: "completions"; id: number; names: string[]; start: number };

/** An error that ended a cell. */
export interface CellError {
  ename: string;
  evalue: string;
  traceback: string[];
}
