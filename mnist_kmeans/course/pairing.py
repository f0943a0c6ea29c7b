"""What JupyterLab writes: a chapter as .ipynb and .py, and nothing beside any other notebook."""

from pathlib import Path

from jupytext import AsyncTextFileContentsManager

from mnist_kmeans.course.checkout import Checkout, name_of


class Contents(AsyncTextFileContentsManager):
    """Jupytext's reader and writer of files, which pairs the course's own chapters and solutions only.

    The server's folder must be that of the chapters.
    """

    async def get_config(self, path, use_cache=False):
        """Return the settings of Jupytext for one file."""
        config = await super().get_config(path, use_cache)
        sources = Checkout(Path(self.root_dir).parent).chosen_sources()
        ours = path.strip("/").rpartition(".")[0] in map(name_of, sources)
        config.formats = "ipynb,py:percent" if ours else "ipynb"
        return config
