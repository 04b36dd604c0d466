"""A JupyterHub on this machine alone, for the test: see docs/homework.md."""

import os

c = get_config()  # noqa: F821 (JupyterHub defines it)

here = os.environ["HUB_FOLDER"]

c.JupyterHub.bind_url = f"http://127.0.0.1:{os.environ['HUB_PORT']}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{os.environ['HUB_OWN_PORT']}"
c.JupyterHub.db_url = f"sqlite:///{here}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{here}/cookie_secret"
c.ConfigurableHTTPProxy.command = [os.environ["HUB_PROXY"]]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['HUB_PROXY_PORT']}"
c.ConfigurableHTTPProxy.pid_file = f"{here}/proxy.pid"

# Everybody with the test's password; a real hub asks who it is.
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["HUB_PASSWORD"]
c.Authenticator.allowed_users = {"ann", "ben", "instructor"}

# All in one account of the system, each in a folder of its own.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{here}/home/{{username}}"
c.Spawner.args = ["--allow-root", "--LabApp.expose_app_in_browser=True"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {
    # Where nbgrader_config.py, the kernel and Deno's packages are.
    name: os.environ[name]
    for name in ("HUB_FOLDER", "JUPYTER_CONFIG_PATH", "JUPYTER_PATH", "DENO_DIR")
}
