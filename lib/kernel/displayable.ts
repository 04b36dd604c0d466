/**
 * How a value says what a notebook shows of it.
 *
 * @module
 */

/** The method that the Deno kernel calls to learn how a value looks. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** One output in several forms, named by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** A value that knows how a notebook shows it. */
export interface Displayable {
  [jupyterDisplay](): MimeBundle;
}
