"""nbgrader on the hub, for everybody: see docs/homework.md."""

import os

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "cnn"
c.Exchange.root = os.environ["HUB_FOLDER"] + "/exchange"

user = os.environ["JUPYTERHUB_USER"]
if user == "instructor":
    c.CourseDirectory.root = os.path.expanduser("~/cnn")
else:
    # All users have one account of the system here: this tells them apart.
    c.CourseDirectory.student_id = user
