"""Set up the course's environment in .venv, from requirements.lock: what make does first of all.

uv installs the lock in seconds where pip takes minutes. pip fetches uv itself, hash-checked like the rest,
and uv gets the settings that pip goes by. Where uv cannot install, pip does.

This file needs nothing but Python, and one that is too old must still be able to say so.
"""

import ast
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

# pip's settings, and how uv calls them
FOR_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "client-cert": "SSL_CLIENT_CERT",
    "timeout": "UV_HTTP_TIMEOUT",
}


def main(folder):
    """Set up the environment for requirements.lock and pyproject.toml of a folder; return an exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036
        goal = os.environ.get("MAKECMDGOALS", "course")
        print(
            f"mnist-kmeans needs Python 3.11 or newer; name one with: make {goal} PYTHON=python3.12",
            file=sys.stderr,
        )
        return 1
    try:
        if not is_ready(folder):
            with alone(folder):
                if not is_ready(folder):  # another command was quicker
                    set_up(folder)
        return 0
    except KeyboardInterrupt:
        print("mnist-kmeans: interrupted; the next command begins the set-up anew", file=sys.stderr)
        return 130
    except subprocess.CalledProcessError as error:
        print(error.output.rstrip(), file=sys.stderr)
        message = f"{' '.join(map(str, error.cmd[:4]))} failed; the lines above say why"
    except PermissionError as error:
        message = f"{error}; where you cannot write, its owner must set up the course"
    except OSError as error:
        message = error
    print(f"mnist-kmeans: {message}", file=sys.stderr)
    return 1


def is_ready(folder):
    """Tell whether the environment is there, set up to the end, in this place, from these very files."""
    marker = folder / ".venv" / ".ready"
    return (
        program(folder, "python").exists()
        and marker.exists()
        and marker.read_text() == state(folder)
    )


def state(folder):
    """Return the SHA-256 of all that an environment depends on; it cannot be moved, so its place is in it."""
    sources = [(folder / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    return hashlib.sha256(b"\0".join([str(folder).encode(), *sources])).hexdigest()


def program(folder, name):
    """Return the path of a program of the environment."""
    return folder / ".venv" / (f"Scripts/{name}.exe" if os.name == "nt" else f"bin/{name}")


def alone(folder):
    """Return a file, open and locked, so that no other command sets up; wait for one that does.

    The system unlocks it when it is closed, or when this program and those that it started have ended,
    however they end.
    """
    file = (folder / "requirements.lock").open("r+b")
    os.set_inheritable(file.fileno(), True)
    if not locked(file, wait=False):
        print("Another command sets up .venv; waiting for it ...", flush=True)
        while not locked(file, wait=True):
            pass
    return file


def locked(file, wait):
    """Lock a file and return True, or return False when another program holds the lock."""
    if os.name == "nt":
        import msvcrt

        file.seek(2**30)  # far behind the end: what is locked cannot be read
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:  # also after 10 seconds of waiting
            return False
    else:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def set_up(folder):
    """Make the environment anew; until it is whole, nothing says that it is ready."""
    print("Setting up .venv from requirements.lock ...", flush=True)
    environment, lock = folder / ".venv", folder / "requirements.lock"
    python, uv = program(folder, "python"), program(folder, "uv")
    run(sys.executable, "-m", "venv", "--clear", environment)  # with the old marker
    pip = [python, "-m", "pip", "install", "--quiet"]
    only_uv = environment / "uv.lock"
    only_uv.write_text(
        re.search(r"^uv==.*?(?=^\S|\Z)", lock.read_text("utf-8"), re.DOTALL | re.MULTILINE)[0]
    )
    run(*pip, "--require-hashes", "--requirement", only_uv)
    # Byte code is compiled here, once: not every machine keeps what it compiles when a program starts.
    by_uv = [uv, "pip", "install", "--python", python, "--compile-bytecode"]
    editable = ["--no-deps", "--no-build-isolation", "--editable", folder]
    try:
        settings, flags = settings_for_uv(python)
        run(*by_uv, *flags, "--require-hashes", "--requirement", lock, **settings)
        run(*by_uv, *flags, *editable, **settings)
    except (subprocess.CalledProcessError, OSError) as error:
        reason = (getattr(error, "output", None) or str(error)).strip().splitlines()[-1].strip()
        print(
            f"uv cannot install ({reason}); pip installs the same lock, in some minutes",
            flush=True,
        )
        run(*pip, "--require-hashes", "--requirement", lock)
        run(*pip, *editable)
    (environment / ".ready").write_text(state(folder))


def run(*command, **variables):
    """Run a program and return what it prints, or raise CalledProcessError.

    What it prints is kept to itself, so that Ctrl-C is one line. It inherits the lock.
    """
    known = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}  # the environment is the place
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, **known, **variables},
        close_fds=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=True,
    )
    return done.stdout


def settings_for_uv(python):
    """Return pip's settings as uv takes them: variables of its environment, and flags."""
    pip = pip_settings(python)
    listed = {name: " ".join(value.split()) for name, value in pip.items()}
    listed["find-links"] = ",".join(pip.get("find-links", "").split())
    settings = {new: listed[old] for old, new in FOR_UV.items() if listed.get(old)}
    settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip; the lock's checksums make it safe
    settings["UV_SYSTEM_CERTS"] = "1"
    certificates = pip.get("cert") or os.environ.get("REQUESTS_CA_BUNDLE")
    certificates = certificates or os.environ.get("CURL_CA_BUNDLE")
    if certificates:
        path = Path(certificates).expanduser()
        settings["SSL_CERT_DIR" if path.is_dir() else "SSL_CERT_FILE"] = str(path)
    if pip.get("proxy"):  # pip then asks no other, and goes past it for no host
        settings.update(HTTP_PROXY=pip["proxy"], HTTPS_PROXY=pip["proxy"], NO_PROXY="", no_proxy="")
    without_index = pip.get("no-index", "").lower() in ("1", "true", "yes", "on", "t", "y")
    return settings, ["--no-index"] if without_index else []


def pip_settings(python):
    """Return {name: value} of what pip goes by when it installs: its files, and then PIP_ variables."""
    lines = run(python, "-m", "pip", "config", "list").splitlines()
    found = [re.match(r"(global|install|:env:)\.([\w-]+)=(['\"].*)", line) for line in lines]
    order = ["global", "install", ":env:"]
    found = sorted(filter(None, found), key=lambda line: order.index(line[1]))
    return {
        line[2].replace("default-timeout", "timeout"): ast.literal_eval(line[3]) for line in found
    }


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
