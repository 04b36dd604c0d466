/**
 * What a training step makes wasm compute, recorded once and done again without
 * TensorFlow.js: on the same addresses, in the same order, on other numbers.
 *
 * A recording owns the memory of all tensors in between: what one of them leaves is
 * the next one's, so that the caches stay warm. Our kernels are recorded call by
 * call, whatever else computes as a kernel that writes into the tensors of before.
 * Before it is used, a recording is rehearsed on memory without any numbers, and has
 * to give the same bits.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Numbers, ReadWeights, Recorded, Results } from "../planned.ts";
import {
  type Info,
  type KernelCall,
  type Result,
  sizeOf,
  type Tensor,
} from "../stock.ts";
import { type Area, release } from "./allocator.ts";
import { type Engine, engineOf, standFor, type WasmBackend } from "./engine.ts";
import { type Recorder, recording } from "./recorder.ts";
import { callBytes, MAX_TASKS, type Task } from "./threads.ts";

/** What we use of tfjs's backend besides. */
interface Backend extends WasmBackend {
  dataIdNextNumber: number;
  wasm: WasmBackend["wasm"] & {
    tfjs: {
      registerTensor(id: number, size: number, address: number): void;
      disposeData(id: number): void;
    };
  };
  dataIdMap: WasmBackend["dataIdMap"] & { set(id: object, data: Data): void };
  move(...given: Moved): void;
  write(...given: [Values, readonly number[], tf.DataType]): object;
  makeOutput(...given: Made): Info;
  readSync(id: object): unknown;
}

type Values = { buffer: ArrayBufferLike; byteOffset: number } | null;
type Moved = [object, Values, readonly number[], tf.DataType, number];
type Made = [readonly number[], tf.DataType, number?, Values?];

interface Data {
  id: number;
  memoryOffset: number;
  refCount: number;
  shape: readonly number[];
  dtype: tf.DataType;
}

/** Tasks on all threads, or work of JavaScript. */
type Entry = { tasks: readonly Task[]; own: number } | (() => void);

/** Jobs one after the other, written into memory, or work of JavaScript. */
type Part = { jobs: number; count: number } | (() => void);

/** Kernels of tfjs that keep a weight in a form of their own. */
const REMEMBERS = /Conv|MatMul|Prelu/;

/** What they call that which is no filter. */
const IMAGES = ["x", "a", "dy"];

/** Bytes of a job in the list that `sequence` of the binary reads. */
const JOB_BYTES = 12;

/** The numbers of the tensors that a kernel on the tape was given, and made. */
interface Way {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

function waysOnTape(): Way[] {
  const { state } = tf.engine() as unknown as {
    state: {
      activeTape:
        | { inputs: Record<string, Tensor>; outputs: Tensor[] }[]
        | null;
    };
  };
  return (state.activeTape ?? []).map(({ inputs, outputs }) => ({
    inputs: Object.values(inputs).map(({ id }) => id),
    outputs: outputs.map(({ id }) => id),
  }));
}

type Infos = Readonly<Record<string, Info>>;

/** What does a kernel again, with these as inputs. */
type Again = (infos: Infos) => void;

/** Inputs as the kernel was called with. */
const inputsOf = (call: KernelCall, infos: Infos) =>
  (Array.isArray(call.inputs) ? Object.values(infos) : infos) as KernelCall[
    "inputs"
  ];

/** Lets tfjs's kernels forget what they made of a tensor, which they know by its number. */
function forget(backend: Backend, data: Data): void {
  const { tfjs } = backend.wasm, old = data.id;
  data.id = backend.dataIdNextNumber++;
  tfjs.registerTensor(data.id, sizeOf(data.shape), data.memoryOffset);
  tfjs.disposeData(old);
}

/** The memory of a recording: blocks of tfjs's allocator that are used again. */
class Blocks {
  /** All of them: their sizes, by their addresses. */
  readonly sizes = new Map<number, number>();
  #free: number[] = [];

  constructor(readonly wasm: WasmBackend["wasm"]) {}

  /** The smallest free block that is not much too large, last come first; or a new one. */
  readonly _malloc = (bytes: number): number => {
    let best = -1;
    for (let i = this.#free.length - 1; i >= 0; i--) {
      const size = this.sizes.get(this.#free[i])!;
      if (size < bytes || size > 1.5 * bytes + 1024) continue;
      if (best < 0 || size < this.sizes.get(this.#free[best])!) best = i;
    }
    if (best >= 0) return this.#free.splice(best, 1)[0];
    return this.fresh(bytes);
  };

  /** A new block, which nothing that is computed writes to. */
  fresh(bytes: number): number {
    const address = this.wasm._malloc(bytes) >>> 0;
    this.sizes.set(address, bytes);
    return address;
  }

  readonly _free = (address: number): void => void this.#free.push(address);

  release(): void {
    for (const address of this.sizes.keys()) this.wasm._free(address);
    this.sizes.clear();
  }
}

/** Records while it is made; then it is complete, or tells why it cannot be. */
class Recording implements Recorder, Recorded {
  readonly scratch: Area = { address: 0, size: 0 };
  readonly allocator: Blocks;
  readonly results: Results = {};
  why?: string;
  #engine: Engine;
  #backend: Backend;
  #data = new Map<object, Data>(); // of all tensors made
  #lasting = new Set<number>(); // blocks whose numbers are inputs, or results
  #others = new Set<number>(); // blocks that held other than float32 numbers
  #inputs: Info[] = [];
  #weights: { weight: tf.Variable; id: object; at: number }[];
  #known: Set<object>;
  #entries: Entry[] = [];
  #outputs: Info[] = []; // of the kernel at work
  #looked = false; // whether it looked at numbers
  #depth = 0; // kernels at work, one inside the other
  #kernels = 0; // that were called so far
  #forgetting: (() => void)[] = [];
  #loss?: number; // its tensor's number, and those on the way to it
  #ways: Way[] = [];
  #cuts = new Set<string>();
  #parts: Part[] = [];
  #own = 0;
  #lists: Area = { address: 0, size: 0 };

  constructor(engine: Engine, { own: weights, apart }: ReadWeights) {
    this.#engine = engine;
    this.#backend = engine.backend as Backend;
    this.allocator = new Blocks(engine.backend.wasm);
    this.#known = new Set([...weights, ...apart].map(({ dataId }) => dataId));
    this.#weights = weights.map((weight) => ({
      weight,
      id: weight.dataId,
      at: engine.address(weight),
    }));
  }

  job(tasks: readonly Task[], own: number): void {
    // their numbers are all that tells the caller how to go on
    if (tasks[0]?.[0]?.[0] === "strays") this.#look();
    for (let first = 0; first < tasks.length; first += MAX_TASKS) {
      const some = tasks.slice(first, first + MAX_TASKS);
      this.#entries.push({ tasks: some, own });
    }
  }

  also(work: () => void): void {
    this.#entries.push(work);
  }

  apart(work: () => void, forget: () => void): void {
    this.#entries.push(work);
    this.#forgetting.push(forget);
    this.#ways = waysOnTape();
    this.end();
    try {
      work();
    } finally {
      this.begin();
    }
  }

  cut(from: Tensor, to: Tensor): void {
    this.#cuts.add(`${from.id} ${to.id}`);
    this.refuse("a layer without a gradient");
  }

  kernel(name: string, call: KernelCall, kernelFunc: tf.KernelFunc): Result {
    const infos: Record<string, Info> = {};
    for (const [role, x] of Object.entries(call.inputs)) {
      if (x === undefined || x === null) continue;
      const { dataId, shape, dtype } = x;
      infos[role] = { dataId, shape, dtype };
      if (this.#data.has(dataId) || this.#known.has(dataId)) continue;
      this.refuse("reads a tensor from elsewhere");
    }
    const around = this.#outputs, outputs: Info[] = this.#outputs = [];
    const before = this.#entries.length, kernels = ++this.#kernels;
    const looked = this.#looked;
    this.#looked = false;
    this.#depth++;
    const result = kernelFunc(call);
    this.#depth--;
    this.#outputs = around;
    // what it saw may have decided which calls it made
    const led = this.#entries.length > before && this.#looked;
    if (led && this.#kernels > kernels) this.refuse("looks at numbers");
    if (led) this.#entries.length = before;
    this.#looked = looked || this.#looked && !led;
    if (this.#entries.length === before && outputs.length > 0) {
      const again = led
        ? this.#anew([result as Info].flat(), kernelFunc, call)
        : this.#again(outputs, kernelFunc, call);
      this.#entries.push(
        REMEMBERS.test(name)
          ? () => this.#afresh(infos, again)
          : () => again(infos),
      );
    }
    return result;
  }

  /** Lets a kernel work as if nobody recorded, and copies what it made. */
  #anew(
    results: readonly Info[],
    kernelFunc: tf.KernelFunc,
    call: KernelCall,
  ): Again {
    const backend = this.#backend;
    const targets = results.map(({ dataId, shape, dtype }) => ({
      ...{ dataId, shape, dtype },
    }));
    return (infos) => {
      const given = { ...call, inputs: inputsOf(call, infos), backend };
      [kernelFunc(given) as Info].flat().forEach(({ dataId }, i) => {
        const bytes = this.#bytesOf(targets[i]);
        const at = backend.dataIdMap.get(dataId).memoryOffset;
        bytes.set(this.#bytes(at, bytes.length));
        backend.disposeData(dataId);
      });
    };
  }

  /** Lets a kernel write into the tensors that it made when it was recorded. */
  #again(
    outputs: readonly Info[],
    kernelFunc: tf.KernelFunc,
    call: KernelCall,
  ): Again {
    let next = 0;
    const makeOutput = (...[, , , values]: Made) => {
      const x = outputs[next++];
      if (values) this.#put(x, values);
      return x;
    };
    const backend = Object.create(this.#backend, {
      makeOutput: { value: makeOutput },
      disposeData: { value: () => true },
      incRef: { value: () => {} },
    });
    standFor(this.#engine, backend);
    return (infos) => {
      next = 0;
      kernelFunc({ ...call, inputs: inputsOf(call, infos), backend });
    };
  }

  /** Does a kernel that would know what it made of its filter by the filter's tensor. */
  #afresh(infos: Infos, again: Again): void {
    for (const [role, { dataId }] of Object.entries(infos)) {
      const data = this.#data.get(dataId); // weights are forgotten as they move
      if (data && !IMAGES.includes(role)) forget(this.#backend, data);
    }
    again(infos);
  }

  #put(x: Info, { buffer, byteOffset }: NonNullable<Values>) {
    const bytes = this.#bytesOf(x);
    bytes.set(new Uint8Array(buffer, byteOffset, bytes.length));
  }

  /** The bytes of a tensor that the recording made. */
  #bytesOf({ dataId, shape, dtype }: Info): Uint8Array {
    const bytes = sizeOf(shape) * tf.util.bytesPerElement(dtype);
    return this.#bytes(this.#data.get(dataId)!.memoryOffset, bytes);
  }

  #bytes(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#backend.wasm.HEAPU8.buffer, address, bytes);
  }

  refuse(why: string): void {
    this.why ??= why;
  }

  /** Notes that somebody looks at numbers, which a kernel may. */
  #look(): void {
    if (this.#depth === 0) this.refuse("looks at numbers");
    this.#looked = true;
  }

  /** Puts itself before the backend's functions. */
  begin(): void {
    const backend = this.#backend, blocks = this.allocator;
    const { makeOutput, disposeData, move, readSync } = backend;
    const owned = {
      move: (...[dataId, values, shape, dtype, refCount]: Moved) => {
        if (dtype === "string") throw new TypeError("no numbers"); // tfjs's own ends here too
        const id = backend.dataIdNextNumber++, size = sizeOf(shape);
        const bytes = size * tf.util.bytesPerElement(dtype);
        const address = values ? blocks.fresh(bytes) : blocks._malloc(bytes);
        const data = { id, memoryOffset: address, shape, dtype, refCount };
        backend.dataIdMap.set(dataId, data);
        backend.wasm.tfjs.registerTensor(id, size, address);
        this.#data.set(dataId, data);
        if (dtype !== "float32") this.#others.add(address);
        if (!values) return;
        this.#lasting.add(address);
        this.#put({ dataId, shape: [...shape], dtype }, values);
      },
      disposeData: (id: object) => {
        const data = this.#data.get(id);
        if (data === undefined) return disposeData.call(backend, id);
        if (--data.refCount > 0) return false;
        // numbers that were written here have to last
        if (!this.#lasting.has(data.memoryOffset)) {
          blocks._free(data.memoryOffset);
        }
        return true;
      },
      makeOutput: (...given: Made) => {
        if (given[2] != null) this.refuse("takes memory of its own");
        const x = makeOutput.apply(backend, given);
        this.#outputs.push(x);
        return x;
      },
      readSync: (id: object) => {
        this.#look();
        return readSync.call(backend, id);
      },
    };
    this.#end = () => {
      recording.by = undefined;
      Object.assign(backend, { disposeData, move });
      for (const name of ["makeOutput", "readSync"] as const) {
        delete (backend as Partial<Backend>)[name];
      }
      this.#end = () => {}; // last: an interrupt may strike before
    };
    Object.assign(backend, owned);
    recording.by = this;
  }

  #end = () => {};

  /** Takes itself out of the backend's way. */
  end(): void {
    this.#end();
  }

  input(tensors: readonly Tensor[]): void {
    this.#inputs = tensors.map(({ dataId, shape, dtype }) => ({
      dataId,
      shape,
      dtype,
    }));
  }

  /** The results last; every other tensor is given back. */
  complete(results: Record<string, Tensor>): void {
    this.#loss = results.loss?.id;
    for (const [role, x] of Object.entries(results)) {
      const { dataId, shape, dtype } = x, data = this.#data.get(dataId);
      if (data === undefined) return this.refuse("gives what is not its own");
      this.#lasting.add(data.memoryOffset);
      this.results[role] = { dataId, shape, dtype };
      x.dispose();
    }
    for (const { refCount } of this.#data.values()) {
      if (refCount > 0) this.refuse("leaves a tensor");
    }
    // the recording's own hold on them, whoever disposes them as tensors
    for (const { dataId } of Object.values(this.results)) {
      this.#data.get(dataId)!.refCount++;
    }
    for (const { weight, id } of this.#weights) {
      if (weight.dataId !== id) this.refuse("moves a weight");
    }
  }

  /** Writes the jobs into memory. */
  write(): void {
    const { threads } = this.#engine, { wasm } = this.#backend;
    const jobs = this.#entries.filter((entry) => typeof entry !== "function");
    let bytes = 64;
    for (const { tasks } of jobs) {
      bytes += callBytes(tasks) + JOB_BYTES + 4 * (tasks.length + 1);
    }
    this.#lists.address = wasm._malloc(bytes) >>> 0;
    this.#lists.size = bytes;
    let calls = Math.ceil(this.#lists.address / 64) * 64;
    let job = calls;
    for (const { tasks } of jobs) job += callBytes(tasks);
    let starts = job + jobs.length * JOB_BYTES;
    for (const entry of this.#entries) {
      if (typeof entry === "function") {
        this.#parts.push(entry);
        continue;
      }
      const { tasks, own } = entry, last = this.#parts.at(-1);
      threads.write(tasks, calls, starts);
      new Int32Array(wasm.HEAPU8.buffer, job, 3).set([
        own,
        tasks.length,
        starts,
      ]);
      if (typeof last === "object") last.count++;
      else this.#parts.push({ jobs: job, count: 1 });
      this.#own = Math.max(this.#own, own);
      calls += callBytes(tasks);
      job += JOB_BYTES;
      starts += 4 * (tasks.length + 1);
    }
    this.#entries = [];
  }

  /** Does everything again, with other numbers as inputs. */
  replay(inputs: readonly Numbers[]): void {
    inputs.forEach((numbers, i) => {
      const { dataId, shape, dtype } = this.#inputs[i], size = sizeOf(shape);
      const at = this.#data.get(dataId)!.memoryOffset;
      const { buffer } = this.#backend.wasm.HEAPU8;
      const to = dtype === "float32"
        ? new Float32Array(buffer, at, size)
        : new Int32Array(buffer, at, size);
      to.set(numbers);
    });
    this.#work();
  }

  #work(): void {
    const engine = this.#engine;
    for (const part of this.#parts) {
      if (typeof part === "function") part();
      else {
        // looked up anew: what JavaScript did before may have moved it
        const own = engine.ownRoom(this.#own);
        engine.threads.sequence(part.jobs, part.count, own);
      }
    }
  }

  /** Does it give the same bits on memory without numbers? What it moves comes back. */
  rehearse(): void {
    const copy = ({ dataId, shape, dtype }: Info) => {
      const at = this.#backend.dataIdMap.get(dataId).memoryOffset;
      const bytes = sizeOf(shape) * tf.util.bytesPerElement(dtype);
      return this.#bytes(at, bytes);
    };
    const results = Object.values(this.results);
    const expected = results.map((x) => copy(x).slice());
    const moved = this.#weights.map(({ weight }) => copy(weight).slice());
    for (const [address, bytes] of this.allocator.sizes) {
      if (this.#lasting.has(address)) continue;
      this.#bytes(address, bytes).fill(this.#others.has(address) ? 0 : 255);
    }
    for (const x of results) copy(x).fill(255);
    recording.rehearsing = true;
    try {
      this.#work();
    } finally {
      recording.rehearsing = false;
    }
    this.#weights.forEach(({ weight }, i) => copy(weight).set(moved[i]));
    const same = results.every((x, i) =>
      copy(x).every((byte, k) => byte === expected[i][k])
    );
    if (same) return;
    this.refuse("comes out otherwise");
    results.forEach((x, i) => copy(x).set(expected[i]));
  }

  /** The weights to which no way leads from the loss. */
  get absent(): ReadonlySet<string> {
    if (this.#cuts.size === 0) return new Set();
    const reached = new Set([this.#loss]);
    for (const { inputs, outputs } of this.#ways.toReversed()) {
      if (!outputs.some((id) => reached.has(id))) continue;
      for (const id of inputs) {
        if (!this.#cuts.has(`${outputs[0]} ${id}`)) reached.add(id);
      }
    }
    const { registeredVariables } = tf.engine();
    return new Set(
      Object.keys(this.results).filter((name) =>
        name in registeredVariables &&
        !reached.has(registeredVariables[name].id)
      ),
    );
  }

  /** Are the weights where they were, and nobody else's? */
  get intact(): boolean {
    return tf.getBackend() === "wasm" &&
      tf.backend() as unknown === this.#backend &&
      unshared(this.#weights.map(({ weight }) => weight)) &&
      this.#weights.every(({ weight, id, at }) =>
        weight.dataId === id && this.#engine.address(weight) === at
      );
  }

  numbers(name: string): Float32Array {
    const { dataId, shape } = this.results[name];
    return this.#engine.view(
      this.#data.get(dataId)!.memoryOffset,
      sizeOf(shape),
    );
  }

  get bytes(): number {
    let sum = this.#lists.size;
    for (const bytes of this.allocator.sizes.values()) sum += bytes;
    return sum;
  }

  dispose(): void {
    this.end();
    for (const forget of this.#forgetting) forget();
    const { dataIdMap, wasm } = this.#backend;
    const kept = new Set<number>();
    for (const { dataId } of Object.values(this.results)) {
      if (--this.#data.get(dataId)!.refCount > 0) continue; // it is a tensor yet
      tf.engine().removeDataId(
        dataId,
        this.#backend as unknown as tf.KernelBackend,
      );
    }
    for (const [dataId, { id, memoryOffset, refCount }] of this.#data) {
      if (refCount > 0) kept.add(memoryOffset); // somebody else's from here on
      else if (dataIdMap.delete(dataId)) wasm.tfjs.disposeData(id);
    }
    this.#data.clear();
    for (const address of kept) this.allocator.sizes.delete(address);
    release(wasm, this.#lists);
    this.allocator.release();
  }
}

let unfinished: Recording | undefined;

/** Gives up a recording that an interrupt tore us out of. */
export function abandonRecording(): void {
  recording.rehearsing = false;
  unfinished?.dispose();
  unfinished = undefined;
}

/** Does nobody else hold the numbers of these weights, which lie in wasm? */
export function unshared(weights: readonly tf.Variable[]): boolean {
  const { dataIdMap } = tf.backend() as unknown as WasmBackend;
  return weights.every(({ dataId }) =>
    dataIdMap.has(dataId) && dataIdMap.get(dataId).refCount === 1
  );
}

/** Tells tfjs's kernels that weights which lie where they lay are others. */
export function forgetWeights(weights: Iterable<tf.Variable>): void {
  const backend = tf.backend() as unknown as Backend;
  for (const { dataId } of weights) {
    if (backend.dataIdMap.has(dataId)) {
      forget(backend, backend.dataIdMap.get(dataId) as Data);
    }
  }
}

/** Computes, and records what is computed. */
export function record(
  weights: ReadWeights,
  inputs: () => Tensor[],
  work: (inputs: readonly Tensor[]) => Record<string, Tensor>,
): Recorded {
  const engine = engineOf(tf.backend() as unknown as WasmBackend);
  const made = unfinished = new Recording(engine, weights);
  let given: Tensor[] = [];
  try {
    made.begin();
    given = inputs();
    made.input(given);
    const results = work(given);
    tf.dispose(given);
    made.complete(results);
    made.end();
    if (made.why === undefined) {
      made.write();
      made.rehearse();
    }
  } catch (error) {
    tf.dispose(given);
    made.dispose();
    throw error;
  } finally {
    unfinished = undefined;
  }
  return made;
}
