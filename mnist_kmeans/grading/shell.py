"""What a notebook's cells expect of the program that runs them: IPython, without a screen."""

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


class Shell(InteractiveShell):
    """IPython as in a notebook, but nothing is shown or kept, and no other program is run by a `!`."""

    def __init__(self, **options):
        quiet = Config()
        quiet.HistoryManager.enabled = False
        super().__init__(config=quiet, **options)

    def run(self, source):
        """Run a cell; return what it raised, or None."""
        result = self.run_cell(source, store_history=True)
        return result.error_before_exec or result.error_in_exec

    def ask_exit(self):
        """Raise SystemExit; `exit` and `quit` come here."""
        raise SystemExit

    def enable_matplotlib(self, gui=None):
        """Leave pictures as they are; `%matplotlib` comes here."""
        return "inline", "agg"

    def showtraceback(self, *_, **__):
        """Show nothing."""

    showsyntaxerror = showtraceback

    def system(self, _command):
        """Run nothing; `!pip install` and the like come here."""

    system_raw = system_piped = system

    def getoutput(self, *_, **__):
        """Run nothing."""
        return []
