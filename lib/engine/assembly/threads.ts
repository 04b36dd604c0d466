// A pool of threads: each is an instance of this binary on the same memory.
//
// A job is a list of tasks, a task a list of calls of this binary's functions, in
// shared memory. Threads take tasks one by one, in any order, so a task may only
// write what no other task of its job reads or writes. Who waits spins for a short
// while and then sleeps in the system.
//
// lib/engine/kernels/threads.ts writes the jobs; the places below are known there too.
// `./calls` is made by tools/build_wasm.ts: one case for each function of index.ts.
import { call } from "./calls";

// The control block; what several threads write lies in cache lines of its own.
const NEXT: usize = 0; // tasks that nobody has taken yet
const LEFT: usize = 64; // tasks that are not finished
const EPOCH: usize = 128; // changes with each job
const SLEEPERS: usize = 192;
const STOP: usize = 256;
const OWN: usize = 260; // scratch of thread 0; the others' follow
const OWN_BYTES: usize = 264;
const SPINS: usize = 268;
const DIRECT: usize = 272; // 1 + the function at work for a sequence, without a task
const PATIENCE: usize = 276; // naps after which nobody waits for a task any more
const FAILED: usize = 320;
const CURRENT: usize = 512; // by thread: 1 + the function at work, 0 for none
const STARTS: usize = 8192; // by task: where its calls begin
const NAP: i64 = 2_000_000_000; // nanoseconds
const TIMED_OUT: i32 = 2;
const CALL: usize = 192; // bytes of a call: its function and up to 23 numbers, float64

// @ts-ignore: decorator
@inline
function current(control: usize, thread: i32): usize {
  return control + CURRENT + (<usize>thread << 6);
}

/** Takes tasks while there are some. */
function take(control: usize, thread: i32): void {
  while (true) {
    // An interrupt can strike at any loop's head: a task counts as begun before it is taken.
    i32.store(current(control, thread), 1);
    const i = atomic.sub<i32>(control + NEXT, 1);
    if (i <= 0) {
      i32.store(current(control, thread), 0);
      return;
    }
    const starts = control + STARTS + (<usize>i << 2);
    const end = <usize>i32.load(starts);
    const own = i32.load(control + OWN) + thread * i32.load(control + OWN_BYTES);
    // The loop's head is where V8 lets a thread see that memory has grown: only the
    // control block may be read before it.
    for (let at = <usize>i32.load(starts - 4); at != end; at += CALL) {
      const id = <i32>f64.load(at);
      i32.store(current(control, thread), id + 1);
      call(id, at + 8, <i64><u32>own);
    }
    i32.store(current(control, thread), 0);
    if (atomic.sub<i32>(control + LEFT, 1) == 1) atomic.notify(control + LEFT, 1);
  }
}

/**
 * A worker's life: 0 when STOP is set, and 1 when there was nothing to do for a nap:
 * whoever called it looks whether its program still lives, and calls again.
 */
export function work(control: usize, thread: i32): i32 {
  let seen = atomic.load<i32>(control + EPOCH);
  while (atomic.load<i32>(control + STOP) == 0) {
    take(control, thread);
    let spins = i32.load(control + SPINS);
    while (atomic.load<i32>(control + EPOCH) == seen) {
      if (spins-- > 0) continue;
      atomic.add<i32>(control + SLEEPERS, 1);
      const woken = atomic.wait<i32>(control + EPOCH, seen, NAP);
      atomic.sub<i32>(control + SLEEPERS, 1);
      if (woken == TIMED_OUT) return 1;
    }
    seen = atomic.load<i32>(control + EPOCH);
  }
  return 0;
}

/** Hands out a job of `count` tasks. */
export function publish(control: usize, count: i32): void {
  atomic.store<i32>(control + LEFT, count);
  atomic.store<i32>(control + NEXT, count);
  atomic.add<i32>(control + EPOCH, 1);
  if (atomic.load<i32>(control + SLEEPERS) > 0) atomic.notify(control + EPOCH, count - 1);
}

/**
 * Works on the job as thread 0 until all of it is finished, or no task of it was for
 * PATIENCE naps: then LEFT says that some are not. A nap in which the machine itself
 * slept is one nap.
 */
export function join(control: usize): void {
  take(control, 0);
  let spins = i32.load(control + SPINS), naps = 0, before = -1;
  while (true) {
    const left = atomic.load<i32>(control + LEFT);
    if (left == 0) return;
    if (spins-- > 0) continue;
    if (left != before) {
      before = left;
      naps = i32.load(control + PATIENCE);
    } else if (naps <= 0) return;
    if (atomic.wait<i32>(control + LEFT, left, NAP) == TIMED_OUT) naps--;
  }
}

/** Gives up a job that thread 0 was torn out of: waits only for what others have begun. */
export function abandon(control: usize): void {
  let dropped = max(atomic.xchg<i32>(control + NEXT, 0), 0);
  if (i32.load(current(control, 0)) != 0) dropped++;
  i32.store(current(control, 0), 0);
  atomic.sub<i32>(control + LEFT, dropped);
  join(control);
}

/**
 * Jobs one after the other, as thread 0: how many are finished, fewer where another
 * thread failed, or does not finish. A job in the list is bytes of scratch for each thread, its number of
 * tasks, and where the list of their beginnings lies. Who is `alone`, or has a single
 * task, works at once.
 */
export function sequence(control: usize, jobs: usize, count: i32, own: i32, alone: i32): i32 {
  i32.store(control + OWN, own);
  for (let job = 0; job < count; job++) {
    const at = jobs + <usize>(job * 12), tasks = i32.load(at, 4);
    const starts = <usize>i32.load(at, 8);
    i32.store(control + OWN_BYTES, i32.load(at));
    if (alone || tasks == 1) {
      const end = <usize>i32.load(starts + (<usize>tasks << 2));
      for (let at = <usize>i32.load(starts); at != end; at += CALL) {
        const id = <i32>f64.load(at);
        i32.store(control + DIRECT, id + 1);
        call(id, at + 8, <i64><u32>own);
      }
      i32.store(control + DIRECT, 0);
    } else {
      memory.copy(control + STARTS, starts, <usize>(tasks + 1) << 2);
      publish(control, tasks);
      join(control);
      if (atomic.load<i32>(control + LEFT) != 0) return job;
      if (i32.load(control + FAILED) != 0) return job;
    }
  }
  return count;
}
