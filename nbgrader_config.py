"""nbgrader for the course's notebooks; see docs/homework.md.

nbgrader reads this file in the folder where it is called, which must lie in the
repository so that the notebooks find the library.
"""

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "cnn"

# The notebooks' language; nbgrader knows no stub for it by itself.
c.ClearSolutions.code_stub = {
    "typescript": 'throw new Error("Not implemented: see the exercise above");',
}
c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "END HIDDEN TESTS"

# nbgrader runs the lecture's cells as well, and some of them train networks.
c.Execute.timeout = 600
c.Execute.startup_timeout = 120


def forbid_calls():
    """A step of autograde: what an exercise forbids, its solution may not take.

    `"forbids": ["conv2d"]` in the metadata of a check cell, of the instructor's
    own copy. Found are `cnn.conv2d`, an import of it, and `{ conv2d } = cnn`; a
    name of the student's own is nobody's business, and comments and texts do not
    count. Nor may a cell of the student's read the checks. `deno task homework grade` refuses the call itself.
    """
    import re
    from pathlib import Path

    import nbformat
    from nbgrader.preprocessors import NbGraderPreprocessor

    here = Path(__file__).parent
    ignored = re.compile(
        r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S
    )

    def taken(name, text):
        own = rf"\b{re.escape(name)}(?:Naive|Backward)?\b"
        return re.search(
            rf"\bcnn\s*\.\s*{own}|\bimport\s*\{{[^}}]*{own}"
            rf"|\{{[^{{}}]*{own}[^{{}}]*\}}\s*=\s*cnn\b",
            text,
        )

    class ForbidCalls(NbGraderPreprocessor):
        def preprocess(self, nb, resources):
            told = resources["nbgrader"]
            name = told["notebook"] + ".ipynb"
            source = Path(here, "source", told["assignment"], name)
            if not source.is_file():
                return nb, resources
            forbids = {
                cell.metadata["nbgrader"]["grade_id"]: cell.metadata["forbids"]
                for cell in nbformat.read(source, as_version=4).cells
                if "forbids" in cell.metadata and "nbgrader" in cell.metadata
            }
            solutions = []
            answers = False  # whether one reads the checks, which hold answers
            for cell in nb.cells:
                mark = cell.metadata.get("nbgrader", {})
                if cell.cell_type == "code" and not mark.get("grade"):
                    answers = answers or "lib/exercises" in cell.source
                if mark.get("solution"):
                    solutions.append(ignored.sub(" ", cell.source))
                if not mark.get("grade"):
                    continue
                text = "\n".join(solutions)
                solutions = []
                if answers:
                    cell.source = (
                        'throw new Error("lib/exercises is refused here: its '
                        'checks hold the answers");\n' + cell.source
                    )
                    continue
                for name in forbids.get(mark["grade_id"], []):
                    if taken(name, text):
                        number = re.sub(r"^check-(\w+)-", r"\1.", mark["grade_id"])
                        cell.source = (
                            f'throw new Error("{name}() is refused here: exercise '
                            f'{number} asks you to write it");\n' + cell.source
                        )
                        break
            return nb, resources

    return ForbidCalls


try:
    from nbgrader.converters.autograde import Autograde
except ImportError:  # something else reads this file
    pass
else:
    steps = Autograde.autograde_preprocessors.default_args[0]
    c.Autograde.autograde_preprocessors = [forbid_calls(), *steps]
