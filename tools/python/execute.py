"""Runs one notebook in the Deno kernel and reports each cell as a line of JSON.

    python execute.py NOTEBOOK COPY [SECONDS_A_CELL]

Two habits of the kernel need care. A syntax error or a missing package arrives
only in the reply, as "Execution failed", with no output at all. And results may
arrive after the kernel says it is idle, even while the next cell runs.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from queue import Empty

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
HIDDEN = "Execution failed"
NOISE = ['Warning "deno jupyter" is unstable and might change in the future.', ""]


class PatientClient(NotebookClient):
    """Waits for late results and files each under the cell that caused it."""

    owners = None

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
        owner = (self.owners or {}).get(message["parent_header"].get("msg_id"))
        if owner is None:
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
    if not any(o["output_type"] == "error" for o in cell.outputs):
        text = f"{value}: a syntax error, or a package that cannot be found" if hidden else value
        cell.outputs.append(
            nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
        )
    return {"name": name, "value": value, "trace": trace, "hidden": hidden}


async def execute(path, copy, seconds):
    notebook = nbformat.read(path, as_version=4)
    code = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.source.strip()]
    log, replies = copy.with_suffix(".log"), []
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
            for number, index in enumerate(code):
                cell, cell_begin = notebook.cells[index], time.monotonic()
                try:
                    await client.async_execute_cell(cell, index)
                except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                    reply = replies[-1] if replies else {}
                    failure = {"index": index, **describe(error, cell, reply)}
                    break
                report("cell", number=number + 1, seconds=time.monotonic() - cell_begin)
            if failure is None or failure["name"] not in ("Timeout", "DeadKernel"):
                await client.drain()
    sizes = {i: len(json.dumps(notebook.cells[i].get("outputs", []))) for i in code}
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, copy)
    report(
        "end",
        seconds=time.monotonic() - begin,
        failure=failure,
        sizes=sizes,
        log=[line for line in log.read_text("utf-8", "replace").splitlines() if line not in NOISE],
    )
    log.unlink()


if __name__ == "__main__":
    asyncio.run(
        execute(
            Path(sys.argv[1]),
            Path(sys.argv[2]),
            int(sys.argv[3]) if len(sys.argv) > 3 else 600,
        )
    )
