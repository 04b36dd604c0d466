"""Seconds from the start of the Deno kernel to the first plot on the wire."""

import time

from jupyter_client.manager import start_new_kernel

CODE = """
import { heatMap, show } from "cnn";
await show(heatMap([[0, 1], [2, 3]]));
"""

start = time.perf_counter()
manager, client = start_new_kernel(kernel_name="deno")
try:
    client.execute(CODE)
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["msg_type"] == "display_data":
            break
        if message["msg_type"] == "error":
            raise SystemExit(message["content"])
    print(time.perf_counter() - start)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
