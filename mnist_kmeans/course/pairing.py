"""What JupyterLab reads and writes: a chapter as .ipynb and .py, and nothing beside any other notebook."""

from pathlib import Path

from ipykernel.ipkernel import IPythonKernel
from jupytext import AsyncTextFileContentsManager

from mnist_kmeans.course.checkout import Checkout, name_of

OUR_TOOLS = {"ruff.toml", "jupytext.toml"}


class Contents(AsyncTextFileContentsManager):
    """Jupytext's reader and writer of files, which pairs the course's own chapters and solutions only.

    It lists each of them once. The server's folder must be that of the chapters.
    """

    def sources(self):
        """Return the .py files of the course's own chapters and solutions."""
        return Checkout(Path(self.root_dir).parent).chosen_sources()

    async def get_config(self, path, use_cache=False):
        """Return the settings of Jupytext for one file."""
        config = await super().get_config(path, use_cache)
        ours = path.strip("/").rpartition(".")[0] in map(name_of, self.sources())
        config.formats = "ipynb,py:percent" if ours else "ipynb"
        return config

    def should_list(self, name):
        """Tell whether the list of files has a file: not the .py of a notebook, nor settings of our tools."""
        hidden = OUR_TOOLS | {source.name for source in self.sources()}
        return name not in hidden and super().should_list(name)

    async def get(self, path, *arguments, **options):
        """Return a file. A notebook says what its kernel will say of itself: so it is as it was saved."""
        model = await super().get(path, *arguments, **options)
        if model["type"] == "notebook" and model["content"]:
            model["content"]["metadata"]["language_info"] = dict(IPythonKernel.language_info)
        return model
