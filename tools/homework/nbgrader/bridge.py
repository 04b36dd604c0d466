"""Our results into nbgrader's gradebook, by nbgrader's own steps.

Reads a request as JSON from its input and answers as JSON. The course is the
folder where it is started; nbgrader reads its configuration there as always.
Nothing of a student's runs: what nbgrader's `autograde` would get from the
kernel comes from the request, all else (cells restored, points, manual points
kept, late penalties, files) is nbgrader's `Autograde`.
"""

import json
import os
import sys

answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what nbgrader prints is a log

import nbgrader  # noqa: E402
from nbgrader.api import Gradebook, MissingEntry  # noqa: E402
from nbgrader.apps import AutogradeApp  # noqa: E402
from nbgrader.converters import Autograde, NbGraderException  # noqa: E402
from nbgrader.preprocessors import Execute, NbGraderPreprocessor  # noqa: E402
from nbformat.v4 import new_output  # noqa: E402


def describe(app, assignment):
    """Where the course keeps its files, and which cells give points."""
    place = app.coursedir
    found = {
        "version": nbgrader.__version__,
        "structure": place.directory_structure,
        "source": place.format_path(place.source_directory, ".", assignment),
        "submitted": os.path.join(place.root, place.submitted_directory),
        "notebooks": None,
    }
    prefix = "sqlite:///"
    if place.db_url.startswith(prefix) and not os.path.exists(place.db_url[len(prefix):]):
        return found  # asking would make an empty one
    with Gradebook(place.db_url, place.course_id) as book:
        try:
            notebooks = book.find_assignment(assignment).notebooks
        except MissingEntry:
            return found
        found["notebooks"] = {
            notebook.name: {
                cell.name: cell.max_score
                for cell in [*notebook.grade_cells, *notebook.task_cells]
            }
            for notebook in notebooks
        }
    return found


class Restore(NbGraderPreprocessor):
    """Gives a cell that the student deleted the text that was handed out."""

    def preprocess(self, nb, resources):
        where = resources["nbgrader"]
        for cell in nb.cells:
            if not cell.metadata.pop("restore", False):
                continue
            with Gradebook(where["db_url"]) as book:
                cell.source = book.find_source_cell(
                    cell.metadata["nbgrader"]["grade_id"],
                    where["notebook"],
                    where["assignment"],
                ).source
        return nb, resources


class Results(NbGraderPreprocessor):
    """Stands where `Execute` stands: the checks' outputs come from the sandbox."""

    of = {}  # student -> notebook -> grade_id -> result

    def preprocess(self, nb, resources):
        where = resources["nbgrader"]
        results = self.of[where["student"]][where["notebook"]]
        for cell in nb.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if cell.cell_type != "code" or grade_id not in results:
                continue
            cell.outputs = list(outputs(results[grade_id]))
        return nb, resources


def outputs(result):
    """What `determine_grade` reads the points from, and a person the reason."""
    if result["printed"]:
        yield new_output("stream", name="stdout", text=result["printed"])
    points, most = result["points"], result["maxPoints"]
    if 0 < points < most:
        yield new_output("execute_result", {"text/plain": str(points)}, execution_count=None)
    elif points == 0 and most > 0:
        name, text = result["mistake"], result["details"]
        yield new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


class Sandboxed(Autograde):
    """`nbgrader autograde` without running anything."""

    staged = {}  # student -> folder
    finished = []

    def init_notebooks(self):
        self.assignments = {
            folder: [
                os.path.join(folder, name)
                for name in sorted(os.listdir(folder))
                if name.endswith(".ipynb")
            ]
            for folder in self.staged.values()
        }

    def _init_preprocessors(self):
        steps = self.autograde_preprocessors
        if Results not in steps:
            # The sandbox refused calls, and not names: that step is not needed.
            steps = [step for step in steps if step.__name__ != "ForbidCalls"]
            steps = [Results if step is Execute else step for step in steps]
            self.autograde_preprocessors = steps if Results in steps else [Results, *steps]
            self.sanitize_preprocessors = [Restore, *self.sanitize_preprocessors]
        super()._init_preprocessors()

    def set_permissions(self, assignment_id, student_id):
        super().set_permissions(assignment_id, student_id)
        self.finished.append(student_id)


def record(app, assignment, request):
    """Writes autograded notebooks and points; tells what the gradebook holds then."""
    place = app.coursedir
    place.assignment_id = assignment
    place.submitted_directory = request["staged"]
    Results.of = request["results"]
    Sandboxed.staged = {
        student: place.format_path(request["staged"], student, assignment)
        for student in request["results"]
    }
    converter = Sandboxed(coursedir=place, parent=app)
    converter.force = True
    if Sandboxed.staged:
        try:
            converter.start()
        except NbGraderException:
            pass  # those who are not in `finished`; the log says why
    students = {}
    with Gradebook(place.db_url, place.course_id) as book:
        for student in Sandboxed.finished:
            submission = book.find_submission(assignment, student)
            students[student] = {
                "score": submission.score,
                "secondsLate": submission.total_seconds_late,
                "penalty": submission.late_submission_penalty or 0,
                "notebooks": {
                    notebook.name: {
                        grade.name: {
                            "auto": grade.auto_score,
                            "manual": grade.manual_score,
                            "needsManual": grade.needs_manual_grade,
                        }
                        for grade in notebook.grades
                    }
                    for notebook in submission.notebooks
                },
            }
    return {"students": students}


def main():
    request = json.load(sys.stdin.buffer)  # UTF-8, whatever the locale
    app = AutogradeApp()
    app.initialize([])
    if request["task"] == "describe":
        found = describe(app, request["assignment"])
    else:
        found = record(app, request["assignment"], request)
    json.dump(found, answer)


if __name__ == "__main__":
    main()
