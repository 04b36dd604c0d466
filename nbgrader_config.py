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
