"""JupyterLab that ends when its starter does, also where that one is killed."""

import os
import signal
import sys
import threading

from jupyterlab.labapp import main


def watch():
    sys.stdin.read()  # the starter never writes: this ends with it
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=watch, daemon=True).start()
    main()
