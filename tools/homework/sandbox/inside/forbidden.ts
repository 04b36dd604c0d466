/**
 * What the library refuses while an exercise runs that asks to write it.
 *
 * The functions of the student's copy of the library ask here first, see
 * `student_library.ts`. The student's code shares this realm: nothing in here
 * calls what it may overwrite, and who has come first alone sets what is refused.
 */
import type { Forbids } from "./messages.ts";

/** Whether anything is refused now: one look for each call of the library. */
export let active = false;

let names: Record<string, true> = Object.create(null);
let exercise = "";
let taken = false;
const Refusal = Error;
const emptyObject = Object.create.bind(Object, null) as () => Record<
  string,
  true
>;

/**
 * Throws where a function must not be called now.
 *
 * @param own Its name.
 * @param family The name of the layer whose file it stands in; "*" for what
 *   computes everything, as TensorFlow.js does.
 */
export function refuse(own: string, family: string): void {
  if (family !== "*" && names[own] !== true && names[family] !== true) return;
  throw new Refusal(
    `${own}() is refused here: exercise ${exercise} asks you to write it`,
  );
}

/**
 * The one that sets what is refused; there is only one.
 *
 * @throws {Error} Somebody has it.
 */
export function takeControl(): (forbids?: Forbids) => void {
  if (taken) throw new Refusal("takeControl() was called before");
  taken = true;
  return (forbids) => {
    active = forbids !== undefined;
    exercise = forbids?.exercise ?? "";
    names = emptyObject();
    const list = forbids?.names ?? [];
    for (let i = 0; i < list.length; i++) names[list[i]] = true;
  };
}

/** A kernel of TensorFlow.js, as far as it concerns us. */
interface Kernel {
  readonly kernelName: string;
  readonly kernelFunc: (given: unknown) => unknown;
}

/**
 * Puts a registry where TensorFlow.js looks for that of its kernels, by whatever
 * way it is loaded: each kernel asks first.
 */
export function watchKernels(): void {
  const { apply } = Reflect;
  const Table = Map;
  const { get, has, set } = Table.prototype;
  class Kernels extends Table<string, unknown> {
    override set(key: string, kernel: Kernel): this {
      const { kernelName, kernelFunc } = kernel;
      const asking = (given: unknown) => {
        if (active) refuse(kernelName, "*");
        return kernelFunc(given);
      };
      apply(set, this, [key, { ...kernel, kernelFunc: asking }]);
      return this;
    }
  }
  const kernels = Object.freeze(new Kernels());
  class Globals extends Table<string, unknown> {
    override has(key: string): boolean {
      return key === "kernelRegistry" || apply(has, this, [key]);
    }
    override get(key: string): unknown {
      return key === "kernelRegistry" ? kernels : apply(get, this, [key]);
    }
  }
  for (const Class of [Kernels, Globals]) Object.freeze(Class.prototype);
  Object.defineProperty(globalThis, "_tfGlobals", {
    value: Object.freeze(new Globals()),
  });
}
