"""Runs one notebook in the Deno kernel and reports each cell as a line of JSON.

    python execute.py NOTEBOOK COPY [SECONDS_A_CELL [REPLICATION]]

With REPLICATION, a whole number, drawSeeds() draws the seeds after it, claims
do not stop the notebook, and exercises are left out.

Four habits of the kernel need care. A syntax error or a missing package arrives
only in the reply, as "Execution failed", with no output at all. Results may
arrive after the kernel says it is idle, even while the next cell runs. A last
value that cannot be shown leaves an error output, yet the reply says "ok". And
a rejected promise that nobody awaits, or a timer that throws, is told nowhere.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from queue import Empty
from uuid import uuid4

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionComplete,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbclient.util import ensure_async

QUIET = 0.05  # seconds without a message after which an idle cell is done
LAST_QUIET = 0.3  # the same after the last cell
LONGEST_WAIT = 10  # seconds for what still runs after the last cell
HIDDEN = "Execution failed"
NOISE = ['Warning "deno jupyter" is unstable and might change in the future.', ""]

# Runs before the first cell, in a block so that no name stays behind. A file,
# and not an output: outputs may be lost, and the copy is to hold the notebook's alone.
WATCH = """{
  const write = Deno.writeTextFileSync, text = JSON.stringify, word = String;
  const note = (error, message) => {
    let name = "Error", value = message, trace = [];
    try {
      if (error instanceof Error) {
        name = word(error.name);
        value = word(error.message);
        trace = word(error.stack).split("\\n");
      } else if (error !== null && error !== undefined) value = word(error);
    } catch { /* an error that cannot even be read is still one */ }
    write(FILE, text({ name, value, trace }) + "\\n", { append: true });
  };
  addEventListener("unhandledrejection", (event) =>
    note(event.reason, "a promise was rejected with " + typeof event.reason));
  addEventListener("error", (event) =>
    note(event.error, event.message || "an error without a message"));
  // Workers that may still fail; the runner waits a moment for them at the end.
  const workers = globalThis[Symbol.for("cnn.workers")] = new Set();
  globalThis.Worker = class Worker extends globalThis.Worker {
    constructor(...args) {
      super(...args);
      workers.add(this);
      this.addEventListener("error", () => workers.delete(this));
    }
    terminate() {
      workers.delete(this);
      super.terminate();
    }
  };
}"""

# Runs after the last cell: until no timer is left and the kernel has been free
# for a while, so that what fails late is seen; says where it waited in vain.
SETTLE = """await (async () => {
  const { default: process } = await import("node:process");
  const timers = () =>
    process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const workers = globalThis[Symbol.for("cnn.workers")];
  const end = performance.now() + LONGEST, moment = performance.now() + 2000;
  const busy = () =>
    timers() > 0 || (workers.size > 0 && performance.now() < moment);
  for (let free = 0; free < 5 && performance.now() < end;) {
    const begin = performance.now();
    await new Promise((done) => setTimeout(done, 20));
    free = !busy() && performance.now() - begin < 100 ? free + 1 : 0;
  }
  if (timers() > 0) Deno.writeTextFileSync(FILE, '{"left":true}\\n', { append: true });
})();"""


# Tells lib/notebook/replication.ts which seeds to draw.
REPLICATION = 'globalThis[Symbol.for("cnn.replication")] = NUMBER;'


class PatientClient(NotebookClient):
    """Waits for late results and files each under the cell that caused it."""

    owners = None
    ours = ()  # messages that answer code of the runner's own

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        if self.owners is None:
            self.owners = {}
        self.owners[parent_msg_id] = (cell, cell_index)
        idle = False
        while True:
            try:
                message = await ensure_async(
                    self.kc.iopub_channel.get_msg(timeout=QUIET if idle else None)
                )
            except Empty:
                return
            idle = self.file(message, cell_index) or idle

    def file(self, message, cell_index=None):
        """Files a message; true when it says that this cell is idle."""
        parent = message["parent_header"].get("msg_id")
        owner = (self.owners or {}).get(parent)
        if owner is None:
            return False
        if parent in self.ours and message["msg_type"] in ("status", "execute_input"):
            return False
        try:
            self.process_message(message, *owner)
        except CellExecutionComplete:
            return owner[1] == cell_index
        return False

    async def drain(self):
        """Takes what arrives after the last cell."""
        try:
            while True:
                self.file(
                    await ensure_async(self.kc.iopub_channel.get_msg(timeout=LAST_QUIET))
                )
        except Empty:
            return

    async def run_own(self, code, seconds, owner=None, enough=lambda: False):
        """Runs code that no cell holds, or part of it where that is enough; what is
        printed meanwhile goes to the owner."""
        request = self.kc.execute(code, silent=True, store_history=False)
        self.ours = (*self.ours, request)
        if owner is not None:
            self.owners[request] = owner
        end = time.monotonic() + seconds
        while time.monotonic() < end and not enough():
            try:
                reply = await ensure_async(self.kc.shell_channel.get_msg(timeout=0.2))
            except Empty:
                if not await ensure_async(self.km.is_alive()):
                    raise DeadKernelError("Kernel died") from None
                continue
            if reply["parent_header"].get("msg_id") == request:
                return


class Watch:
    """Failures outside any cell's own run, as the kernel wrote them down."""

    def __init__(self, path):
        self.path, self.read, self.left = path, 0, False
        path.write_text("")

    def code(self, text):
        """The code, with our file's place in it."""
        return text.replace("FILE", json.dumps(str(self.path.resolve())))

    def lines(self):
        return self.path.read_text("utf-8").split("\n")[:-1]

    def has_news(self):
        return len(self.lines()) > self.read

    def news(self):
        lines = self.lines()
        found, self.read = [json.loads(line) for line in lines[self.read :]], len(lines)
        self.left = self.left or any("left" in one for one in found)
        return [one for one in found if "left" not in one]


def report(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


def describe(error, cell, reply):
    """The failure as the reader should see it; also left in the executed copy."""
    if isinstance(error, CellTimeoutError):
        name, value, trace = "Timeout", str(error).splitlines()[0], []
    elif isinstance(error, DeadKernelError):
        name, value, trace = "DeadKernel", "the kernel died while this cell ran", []
    else:
        name, value = error.ename, error.evalue
        trace = [line for line in reply.get("traceback", []) if line]
    hidden = name == "Error" and value == HIDDEN and not trace
    if not error_in(cell):
        text = f"{value}: a syntax error, or a package that cannot be found" if hidden else value
        add_error(cell, name, text, [f"{name}: {text}"])
    return {"name": name, "value": value, "trace": trace, "hidden": hidden, "late": False}


def error_in(cell):
    return next((o for o in cell.outputs if o["output_type"] == "error"), None)


def add_error(cell, name, value, trace):
    cell.outputs.append(
        nbformat.v4.new_output("error", ename=name, evalue=value, traceback=trace)
    )


def unseen(notebook, code, index, watch):
    """The first failure that no reply told, or None; `index` is the last cell that ran."""
    for place in code:
        output = error_in(notebook.cells[place])
        if output is not None:
            shown = {"name": output.ename, "value": output.evalue, "trace": output.traceback}
            return {"index": place, **shown, "hidden": False, "late": False}
    late = watch.news()
    for one in late:
        trace = one["trace"] or [f"{one['name']}: {one['value']}"]
        add_error(notebook.cells[index], one["name"], one["value"], trace)
    return {"index": index, **late[0], "hidden": False, "late": True} if late else None


def read(path):
    """The notebook, with all that nbclient takes for granted; its form was checked before."""
    value = json.loads(path.read_bytes().decode("utf-8-sig"))
    minor = value.get("nbformat_minor")
    value["nbformat"], value["nbformat_minor"] = 4, max(5, minor) if isinstance(minor, int) else 5
    for cell in value["cells"]:
        if not isinstance(cell.get("id"), str):
            cell["id"] = uuid4().hex[:8]
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    for owner in [value, *value["cells"]]:
        if not isinstance(owner.get("metadata"), dict):
            owner["metadata"] = {}
        if not isinstance(owner["metadata"].get("tags", []), list):
            del owner["metadata"]["tags"]
        files = owner.get("attachments", {})
        if not isinstance(files, dict) or not all(isinstance(f, dict) for f in files.values()):
            del owner["attachments"]
    kernel = value["metadata"].get("kernelspec")
    if not isinstance(kernel, dict) or not {"name", "display_name"} <= kernel.keys():
        value["metadata"]["kernelspec"] = {
            "display_name": "Deno",
            "language": "typescript",
            "name": "deno",
        }
    return nbformat.from_dict(value)


def runs(cell, replication):
    """Whether a cell is to be run: an exercise measures nothing of the course's own."""
    if cell.cell_type != "code" or not cell.source.strip():
        return False
    return replication is None or "nbgrader" not in cell.metadata


async def execute(path, copy, seconds, replication=None):
    notebook = read(path)
    code = [i for i, c in enumerate(notebook.cells) if runs(c, replication)]
    log, replies = copy.with_suffix(".log"), []
    watch = Watch(copy.with_suffix(".failures"))
    client = PatientClient(
        notebook,
        kernel_name="deno",
        timeout=seconds,
        startup_timeout=120,
        record_timing=False,
        shutdown_kernel="immediate",
        on_cell_error=lambda execute_reply, **_: replies.append(execute_reply["content"]),
        resources={"metadata": {"path": str(path.parent.resolve())}},
    )
    report("start", cells=len(code))
    begin, failure = time.monotonic(), None
    with open(log, "wb") as kernel_log:
        async with client.async_setup_kernel(stdout=kernel_log, stderr=kernel_log):
            await client.run_own(watch.code(WATCH), seconds)
            if replication is not None:
                await client.run_own(REPLICATION.replace("NUMBER", str(replication)), seconds)
            for number, index in enumerate(code):
                cell, cell_begin = notebook.cells[index], time.monotonic()
                try:
                    await client.async_execute_cell(cell, index)
                except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                    reply = replies[-1] if replies else {}
                    failure = {"index": index, **describe(error, cell, reply)}
                    break
                failure = unseen(notebook, code, index, watch)
                if failure:
                    break
                report("cell", number=number + 1, seconds=time.monotonic() - cell_begin)
            if failure is None and code:
                last = notebook.cells[code[-1]], code[-1]
                settle = watch.code(SETTLE).replace("LONGEST", str(1000 * LONGEST_WAIT))
                try:
                    await client.run_own(settle, LONGEST_WAIT + seconds, last, watch.has_news)
                except DeadKernelError as error:
                    failure = {"index": code[-1], **describe(error, last[0], {})}
            if failure is None or failure["name"] not in ("Timeout", "DeadKernel"):
                await client.drain()
            if failure is None and code:
                failure = unseen(notebook, code, code[-1], watch)
    sizes = {i: len(json.dumps(notebook.cells[i].get("outputs", []))) for i in code}
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, copy)
    also = [f"{one['name']}: {one['value']}" for one in watch.news()]
    report(
        "end",
        seconds=time.monotonic() - begin,
        failure=failure,
        also=also,
        left=watch.left,
        sizes=sizes,
        log=[line for line in log.read_text("utf-8", "replace").splitlines() if line not in NOISE],
    )
    log.unlink()
    watch.path.unlink()


if __name__ == "__main__":
    asyncio.run(
        execute(
            Path(sys.argv[1]),
            Path(sys.argv[2]),
            int(sys.argv[3]) if len(sys.argv) > 3 else 600,
            int(sys.argv[4]) if len(sys.argv) > 4 else None,
        )
    )
