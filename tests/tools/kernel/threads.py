"""Threads of the wasm engine in the real Deno kernel, told line by line as JSON.

Trains on two threads, interrupts a product or a training several times, goes on,
restarts the kernel, and shuts it down. Every wait has an end.
"""

import json
import sys
import time

from jupyter_client.manager import start_new_kernel

SETUP = """
import { lenet, randomUniform, tfTrainer, toLayersModel, useBackend } from "cnn";
const { tf, threads } = await useBackend("wasm", { threads: 2 });
const images = randomUniform([64, 28, 28, 1], 1);
const labels = Uint8Array.from({ length: 64 }, (_, i) => i % 10);
async function losses(seed) {
  const model = toLayersModel(lenet(), { seed });
  const trainer = tfTrainer(model);
  const list = [];
  for (let i = 0; i < 10; i++) list.push((await trainer.step(images, labels)).loss);
  trainer.dispose();
  model.dispose();
  return list.join(" ");
}
"""
TRAIN = "console.log(threads, await losses(1));"
GROW = "globalThis.kept = tf.ones([1 << 24]); console.log(kept.size);"
LONG = [
    """
var a = tf.ones([512, 512]);
for (;;) tf.matMul(a, a).dispose();
""",
    "for (;;) await losses(2);",
]


def tell(what, **values):
    print(json.dumps({"what": what, **values}), flush=True)


def run(client, code, limit=60):
    """Runs a cell; how it ended, and its text."""
    sent, text, end = client.execute(code), [], time.monotonic() + limit
    while True:
        message = client.get_iopub_msg(timeout=end - time.monotonic())
        if message["parent_header"].get("msg_id") != sent:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            text.append(content["text"])
        if kind == "status" and content["execution_state"] == "idle":
            break
    reply = client.get_shell_msg(timeout=limit)
    while reply["parent_header"].get("msg_id") != sent:
        reply = client.get_shell_msg(timeout=limit)
    time.sleep(0.05)  # output may come after the kernel says it is idle
    while True:
        try:
            late = client.get_iopub_msg(timeout=0.1)
        except Exception:
            break
        if late["msg_type"] == "stream":
            text.append(late["content"]["text"])
    content = reply["content"]
    if content["status"] == "error":
        text.append(" ".join([content["evalue"], *content["traceback"]]))
    return content["status"], "".join(text).strip()


manager, client = start_new_kernel(kernel_name="deno", startup_timeout=60)
try:
    tell("setup", result=run(client, SETUP))
    tell("train", result=run(client, TRAIN))
    for turn in range(int(sys.argv[1])):
        client.execute(LONG[turn % 2])
        time.sleep(1 + 0.037 * turn)  # at another moment of it each time
        manager.interrupt_kernel()
        tell("interrupt", result=client.get_shell_msg(timeout=30)["content"]["status"])
        tell("train", result=run(client, TRAIN))
    tell("grow", result=run(client, GROW))
    tell("train", result=run(client, TRAIN))
    client.stop_channels()
    manager.restart_kernel(now=False)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    tell("setup", result=run(client, SETUP))
    tell("train", result=run(client, TRAIN))
    client.stop_channels()
    begin = time.monotonic()
    manager.shutdown_kernel(now=False)
    tell("end", alive=manager.is_alive(), seconds=time.monotonic() - begin)
finally:
    if manager.is_alive():
        manager.shutdown_kernel(now=True)
