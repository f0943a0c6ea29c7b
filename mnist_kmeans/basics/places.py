"""Where things lie: in the course's checkout where there is one, or else in the user's own folders.

On a shared computer the checkout may be somebody else's, and on a locked-down one the home cannot be written.

Nothing here is looked up at import, so a program that changes its working folder or its environment
finds what it expects.
"""

import atexit
import errno
import functools
import os
import shutil
import sys
import tempfile
from pathlib import Path

PERSONAL = (  # variables that name the folders where programs of the course keep things, all in the home
    "MPLCONFIGDIR",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
)


def checkout():
    """Return the root folder of the checkout that this package is part of, or None if it is installed."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "notebooks").is_dir() and (root / "pyproject.toml").is_file() else None


def data_home():
    """Return the folder for large data: data/ of a checkout that can be written, or the user's."""
    root = checkout()
    return root / "data" if root is not None and is_writable(root / "data") else user_folder()


def user_folder():
    """Return the folder for what goes nowhere else: in the user's cache, or else a temporary one."""
    import platformdirs  # it knows where each system keeps caches

    folder = platformdirs.user_cache_path("mnist-kmeans", appauthor=False)
    return folder if is_writable(folder) else temporary_folder()


@functools.cache
def temporary_folder():
    """Return a new temporary folder that stays, the same one for all of this program."""
    return Path(tempfile.mkdtemp(prefix="mnist-kmeans-"))


@functools.cache
def build(root):
    """Return the folder of all that commands make: build/ of a checkout, if it can be written.

    If not, it is the user's, and a line says so, once.
    """
    if is_writable(root / "build"):
        return root / "build"
    folder = user_folder() / "build"
    print(f"{root} is not yours to write; what is made goes to {folder}", file=sys.stderr)
    return folder


def is_writable(folder):
    """Tell whether the user may write into a folder, which is made if need be.

    Other troubles, as a full disk, are told by what then writes.
    """
    probe = folder / f".{os.urandom(4).hex()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        return error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}
    return True


def spare_the_home():
    """Give programs that keep things in the home a temporary folder, where the home cannot be written.

    It is removed when this program ends.
    """
    home = os.path.expanduser("~")  # noqa: PTH111 (pathlib raises where a user has no home at all)
    missing = [name for name in PERSONAL if name not in os.environ]
    if missing and not os.access(home, os.W_OK):
        folder = tempfile.mkdtemp(prefix="mnist-kmeans-home-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ.update({name: str(Path(folder, name.lower())) for name in missing})


def full_data():
    """Return the folder of the full MNIST: $MNIST_KMEANS_DATA, or else `full` in the data's home.

    A relative name begins at the checkout: kernels and scripts run in other folders, but mean the same
    one. Without a checkout it begins at the working folder.
    """
    named = os.environ.get("MNIST_KMEANS_DATA")
    if named:
        return (base() / Path(named).expanduser()).resolve()
    there = base() / "data" / "full"
    return there if checkout() is not None and there.is_dir() else data_home() / "full"


def figures():
    """Return the folder for pictures: build/figures of the checkout, or `figures` where the user works."""
    root = checkout()
    return Path.cwd() / "figures" if root is None else build(root) / "figures"


def base():
    """Return the folder that relative names begin at: the checkout, or where the user works."""
    return checkout() or Path.cwd()
