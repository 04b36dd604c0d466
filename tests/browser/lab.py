"""JupyterLab that ends when its starter does, also where that one is killed."""

import os
import signal
import threading
import time


def watch():
    # The starter never writes: stdin ends with it. JupyterLab's own Node shares the
    # pipe and lets it not block for a while, in which a plain read fails.
    while True:
        try:
            if not os.read(0, 4096):
                break
        except BlockingIOError:
            time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from jupyterlab.labapp import main

    threading.Thread(target=watch, daemon=True).start()
    main()
