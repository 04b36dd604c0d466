/** What the grader and the sandbox say to each other, one JSON text a line. */

/** What the library refuses while an exercise runs. */
export interface Forbids {
  /** The exercise that asks to write it: "2.3". */
  readonly exercise: string;
  readonly names: readonly string[];
}

/** What the sandbox is to run; the line before it is the nonce. */
export interface Start {
  /** Body of a function that returns a Program. */
  readonly program: string;
  /** Each cell alone as a function body: shows which one V8 refuses. */
  readonly single: readonly string[];
  /** Place in the notebook of each cell of the program. */
  readonly cells: readonly number[];
  /** What is refused while each of them runs. */
  readonly forbids: readonly (Forbids | null)[];
}

/** Reads a name (no args) or calls it. */
export interface Request {
  readonly id: number;
  readonly name: string;
  readonly args?: readonly unknown[];
  readonly forbids?: Forbids;
}

/** An error as plain strings. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
}

/** What happened to one cell while the notebook was run. */
export interface CellReport {
  readonly event: "begin" | "end" | "refused";
  readonly index: number;
  readonly error?: ErrorText;
  readonly printed?: string;
}

/** The answer to a request. */
export interface Reply {
  readonly id: number;
  readonly kind: "function" | "value" | "error";
  /** Packed by wire.ts. */
  readonly value?: unknown;
  /** The arguments after the call, where the function changed them. */
  readonly args?: readonly unknown[];
  readonly error?: ErrorText;
  readonly printed?: string;
}

/** The sandbox runs, is ready for requests, or refused some cells and ends. */
export interface Progress {
  readonly event: "hello" | "ready" | "refused-some";
}

/** What the check process is to run. */
export interface CheckTask {
  /** Body of a function of the names. */
  readonly program: string;
  /** Names that are functions of the student's, served from outside. */
  readonly functions: readonly string[];
  /** Names that hold data, encoded. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The check process asks for a call of a student's function. */
export interface CheckCall {
  readonly call: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What that call gave. */
export interface CheckAnswer {
  readonly answer: number;
  readonly value?: unknown;
  readonly args?: readonly unknown[];
  readonly error?: ErrorText;
}

/** How a check ended; without an error the exercise is solved. */
export interface CheckOutcome {
  readonly done: true;
  readonly error?: ErrorText & {
    readonly mistake?: string;
    /** Thrown by the student's code and let through by the check. */
    readonly fromStudent?: boolean;
  };
  readonly printed: string;
}

/** The reading process is to read a notebook, or to transpile one cell. */
export type ReadTask = { readonly text: string } | { readonly source: string };

/** A cell as JavaScript, or why it is none. */
export type Transpiled =
  | { readonly code: string; readonly names: readonly string[] }
  | { readonly error: string };

/** What a reading process answers. */
export interface ReadAnswer {
  readonly error?: "no JSON";
  /** Without outputs; not yet looked at. */
  readonly notebook?: unknown;
  readonly cell?: Transpiled;
}
