/**
 * Our WebAssembly module at work inside TensorFlow.js's memory.
 *
 * The binaries come from `lib/engine/assembly`. Their memory is the one that
 * tfjs's wasm engine allocates its tensors in, so nothing is copied: a kernel
 * gets the tensors' addresses.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import {
  type Allocator,
  type Area,
  guardAllocator,
  release,
  renew,
} from "./allocator.ts";
import { OWN } from "./calls.ts";
import { recording } from "./recorder.ts";
import { withSharedMemory } from "./shared_memory.ts";
import { type Call, type Task, Threads } from "./threads.ts";

/** What we use of tfjs's wasm backend. */
export interface WasmBackend {
  wasm: Allocator & {
    asm: Record<string, unknown>;
    HEAPU8: Uint8Array;
  };
  dataIdMap: {
    has(id: object): boolean;
    /** Moves the numbers here first where another engine holds them. */
    get(id: object): { id: number; memoryOffset: number; refCount: number };
    delete(id: object): boolean;
  };
  makeOutput(
    shape: readonly number[],
    dtype: tensorflow.DataType,
  ): tensorflow.TensorInfo;
  incRef(id: object): void;
  disposeData(id: object): boolean;
}

/** Rows whose addresses the binary keeps in scratch: twice CHUNK numbers. */
export const POINTER_BYTES = 2 * 96 * 4;

let binary: Uint8Array<ArrayBuffer>;

/** Loads the binary: the one with fused multiply-add where it is understood. */
export async function loadBinary(): Promise<void> {
  const read = async (name: string) => {
    const response = await fetch(new URL(name, import.meta.url));
    return new Uint8Array(await response.arrayBuffer());
  };
  const fused = await read("kernels-fma.wasm");
  binary = WebAssembly.validate(fused) ? fused : await read("kernels.wasm");
}

/** The binary bound to one backend's memory, and scratch space in it. */
export class Engine {
  readonly threads: Threads;
  /** Can there be several threads in this memory? */
  readonly shared: boolean;
  #scratch: Area = { address: 0, size: 0 };
  #own: Area = { address: 0, size: 0 };
  #ownBytes = 0; // of one thread, as asked for last

  constructor(readonly backend: WasmBackend) {
    const memory = Object.values(backend.wasm.asm).find((value) =>
      value instanceof WebAssembly.Memory
    );
    if (memory === undefined) {
      throw new Error(
        "useBackend() expects tfjs's wasm engine to export its memory but found none: use the pinned version of @tensorflow/tfjs-backend-wasm",
      );
    }
    guardAllocator(backend, memory, () => this.threads?.settle());
    this.shared = !(memory.buffer instanceof ArrayBuffer);
    const module = new WebAssembly.Module(
      this.shared ? withSharedMemory(binary)! : binary,
    );
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.threads = new Threads(
      memory,
      module,
      exports as unknown as Threads["exports"],
      backend.wasm,
    );
  }

  /** Where a tensor's numbers lie. */
  address(x: tensorflow.TensorInfo): number {
    return this.backend.dataIdMap.get(x.dataId).memoryOffset;
  }

  /** A view of `length` float32 numbers; it holds until memory grows. */
  view(address: number, length: number): Float32Array {
    return new Float32Array(this.backend.wasm.HEAPU8.buffer, address, length);
  }

  /** A new tensor with numbers still to be written. */
  output(shape: readonly number[]): tensorflow.TensorInfo {
    return this.backend.makeOutput(shape, "float32");
  }

  /**
   * Scratch areas of these sizes (bytes), one after the other and aligned. They
   * are kept from step to step and hold until the next call.
   */
  scratch(...sizes: number[]): number[] {
    const { starts, total } = inRow(sizes);
    const { scratch = this.#scratch, allocator } = recording.by ?? {};
    const base = this.#room(scratch, total, allocator);
    return starts.map((start) => base + start);
  }

  /**
   * The same for each thread, in addresses that only tasks know: they mean the
   * scratch of the thread that takes the task.
   */
  own(...sizes: number[]): number[] {
    const { starts, total } = inRow(sizes);
    this.ownRoom(total);
    return starts.map((start) => OWN + start);
  }

  /** Scratch of so many bytes for each thread, and where that of the first lies. */
  ownRoom(bytes: number): number {
    const base = this.#room(this.#own, bytes * this.threads.count);
    this.#ownBytes = bytes;
    this.threads.setScratch(base, bytes);
    return base;
  }

  /** Does one call, here and at once; what the function returns. */
  run(call: Call): number {
    recording.by?.job([[call]], this.#ownBytes);
    return this.threads.call(call);
  }

  /** Work of JavaScript on numbers in memory: a part of the kernel as any call. */
  also(work: () => void): void {
    recording.by?.also(work);
    work();
  }

  /** Work of TensorFlow.js that a recording does by itself; see {@link Recorder.apart}. */
  apart(work: () => void, forget: () => void): void {
    if (recording.by) recording.by.apart(work, forget);
    else work();
  }

  /** Has `count` threads from here on, and scratch for no more of them. */
  async startThreads(count: number): Promise<void> {
    if (count < this.threads.count) release(this.backend.wasm, this.#own);
    await this.threads.start(count);
  }

  /** Does tasks on all threads; see {@link Threads.run}. */
  parallel(tasks: readonly Task[]): void {
    recording.by?.job(tasks, this.#ownBytes);
    this.threads.run(tasks);
  }

  /** At least `bytes` aligned bytes in the area, at another address if need be. */
  #room(
    area: Area,
    bytes: number,
    allocator: Allocator = this.backend.wasm,
  ): number {
    if (bytes + 64 > area.size) {
      renew(allocator, area, Math.ceil(bytes * 1.25) + 64);
    }
    return Math.ceil(area.address / 64) * 64;
  }
}

/** Where areas of these sizes start, 64 bytes apart and more, and their end. */
function inRow(sizes: readonly number[]) {
  const starts: number[] = [];
  let total = 0;
  for (const size of sizes) {
    starts.push(total);
    total += (size + 63 & ~63) + 64;
  }
  return { starts, total };
}

const engines = new WeakMap<WasmBackend, Engine>();

/** The engine of a backend, made at its first use. */
export function engineOf(backend: WasmBackend): Engine {
  let engine = engines.get(backend);
  if (engine === undefined) {
    engine = new Engine(backend);
    engines.set(backend, engine);
  }
  return engine;
}

/** Lets a backend that stands for the engine's own have the same engine. */
export const standFor = (engine: Engine, backend: WasmBackend) =>
  void engines.set(backend, engine);
