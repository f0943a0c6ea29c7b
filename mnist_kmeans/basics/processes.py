"""Other programs that a command runs."""

import subprocess

# In a session of its own Ctrl-C in a terminal does not reach a program, so it prints nothing about it.
# (Windows knows groups only.)
APART = {
    "start_new_session": True,
    "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
}


def run_apart(command, **options):
    """Run another program to its end and return its exit status; when we are interrupted, it ends, too."""
    with subprocess.Popen(command, **APART, **options) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise
