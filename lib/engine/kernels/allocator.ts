/**
 * TensorFlow.js's allocator, where an interrupt may strike at any point and where
 * memory may run out.
 *
 * @module
 */

/** What we use of tfjs's allocator. */
export interface Allocator {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** What we use of tfjs's backend to guard it. */
interface Guarded {
  wasm: Allocator & {
    HEAPU8: Uint8Array;
    tfjs: { disposeData(id: number): void };
  };
  dataIdMap: {
    has(id: object): boolean;
    get(id: object): { id: number; memoryOffset: number; refCount: number };
    delete(id: object): boolean;
  };
  move(...values: unknown[]): void;
  disposeData(id: object, force?: boolean): boolean;
}

/** An area that is kept; without one, both numbers are 0. */
export interface Area {
  address: number;
  size: number;
}

/** Gives an area back: forgotten before, so that nobody meets it half given back. */
export function release(allocator: Allocator, area: Area): void {
  const { address } = area;
  area.size = 0;
  area.address = 0;
  if (address !== 0) allocator._free(address);
}

/** Another area of `bytes` in the place of the old one. */
export function renew(allocator: Allocator, area: Area, bytes: number): void {
  release(allocator, area);
  area.address = allocator._malloc(bytes) >>> 0;
  area.size = bytes; // last: before, the next call begins anew
}

/**
 * Lets tfjs's allocator throw a named error where no memory is left, lets an
 * interrupted tensor be lost instead of given back twice, and gives nothing back
 * before `settle`: threads may still be at work for a cell that was interrupted.
 */
export function guardAllocator(
  backend: object,
  memory: WebAssembly.Memory,
  settle: () => void,
): void {
  const guarded = backend as Guarded, { wasm, dataIdMap } = guarded;
  wasm._free(wasm._malloc(1)); // at its first call tfjs puts another in its place
  const malloc = wasm._malloc, free = wasm._free;
  wasm._free = (pointer) => {
    settle();
    free(pointer);
  };
  wasm._malloc = (bytes) => {
    // From 2 GB on, tfjs counts below zero.
    const address = bytes < 2 ** 31 ? malloc(bytes) : 0;
    if (address === 0) {
      throw new Error(
        `the wasm engine expects memory for ${bytes} bytes but found none left (4 GB at most, 2 GB in one piece): use smaller batches, or dispose tensors`,
      );
    }
    // An interrupt may strike between memory's growth and tfjs's look at it.
    if ((address >>> 0) + bytes > wasm.HEAPU8.length) {
      wasm.HEAPU8 = new Uint8Array(memory.buffer);
    }
    return address;
  };
  const { move } = guarded;
  guarded.move = (...values) =>
    named("tensor", () => move.apply(backend, values));
  guarded.disposeData = (id, force = false) => {
    if (!dataIdMap.has(id)) return true;
    const data = dataIdMap.get(id);
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    dataIdMap.delete(id);
    wasm.tfjs.disposeData(data.id);
    wasm._free(data.memoryOffset);
    return true;
  };
}

/** Names a trap in what a kernel of the wasm engine does. */
export function named<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
    throw new Error(
      `the wasm engine expects ${what} to be computed but found: ${cause.message}. Its memory is full, or an interrupt struck while it was put in order: restart the kernel`,
      { cause },
    );
  }
}
