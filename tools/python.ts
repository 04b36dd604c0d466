/** Finding a Python that can make the course's environment. */
import { output, SetupError } from "./process.ts";

const windows = Deno.build.os === "windows";
const again = "and run the same command again";

/** Commands that may start a Python, the most usual first. */
const commands = windows ? [["py", "-3"], ["python"], ["python3"]] : [
  ["python3"],
  ["python"],
  ...["3.13", "3.12", "3.11", "3.10"].map((version) => [`python${version}`]),
];

/** Prints a word of ours where all is there; the version check alone is asked second. */
const probe = `
import sys
if sys.version_info < (3, 10): sys.exit(3)
try:
    import venv, ensurepip
except ImportError: sys.exit(4)
print("python-works")
`;

/**
 * A command that starts Python 3.10 or newer with its venv module.
 *
 * @returns The command, or the error that says what to install: the caller may do without.
 */
export async function findPython(): Promise<string[] | SetupError> {
  let withoutVenv = false;
  for (const command of commands) {
    const { stdout } = await output([...command, "-c", probe]);
    if (stdout.trim() === "python-works") return command;
    const { success } = await output([
      ...command,
      "-c",
      "import sys; sys.exit(sys.version_info < (3, 10))",
    ]);
    withoutVenv ||= success;
  }
  return new SetupError(
    withoutVenv
      ? `Python's venv module is missing: install it (Debian, Ubuntu: sudo apt install python3-venv) ${again}.`
      : `Python 3.10 or newer is missing: install it (https://www.python.org/downloads/; Debian, Ubuntu: sudo apt install python3 python3-venv) ${again}.`,
  );
}
