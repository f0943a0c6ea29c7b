"""One set of versions: pyproject.toml asks, requirements.lock settles, environment.yml repeats."""

import re
import tomllib

import pytest
from helpers import ROOT
from packaging.markers import Marker
from packaging.requirements import Requirement

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE))
CONDA = (ROOT / "environment.yml").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# The tests in a browser need what conda-forge has under other names or not at all; conda does without.
WANTED = [
    re.match(r"[\w.-]+", requirement)[0]
    for group in (PROJECT["dependencies"], *(EXTRAS[name] for name in EXTRAS if name != "browser"))
    for requirement in group
]


@pytest.mark.parametrize("name", WANTED)
def test_conda_gets_the_locked_version_and_says_what_for(name):
    [(version, reason)] = re.findall(
        rf"^ +- {re.escape(name)}==?(\S+)(?: ; .+)? +# (.+)$", CONDA, re.MULTILINE
    )
    assert version == LOCKED[name.replace("_", "-")]
    assert f"# {reason}" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_conda_gets_nothing_else_but_python_and_pip():
    listed = re.findall(r"^ +- ([\w-]+)", CONDA, re.MULTILINE)
    others = ["conda-forge", "python", "pip", "pip", "--editable"]
    assert sorted(listed) == sorted([*WANTED, *others])


def test_every_locked_package_has_its_checksums():
    entries = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(LOCKED) > len(WANTED)
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry.partition("\n")[0]


def test_the_lock_names_no_index_and_no_local_path():
    assert not re.search(r"https?:|file:|@ |^-", LOCK, re.MULTILINE)


def test_numba_is_left_out_where_there_is_no_wheel_of_it():
    """In the lock and for conda alike; packaging evaluates the condition as pip does."""
    [needed] = [Requirement(each) for each in PROJECT["dependencies"] if each.startswith("numba")]
    [conda] = re.findall(r"- numba\S+ ; (.+?) +#", CONDA)
    [locked] = re.findall(r"^numba==\S+ ; (.+?) \\$", LOCK, re.MULTILINE)
    assert Marker(conda) == needed.marker
    for system, machine, python, wheel in [
        ("linux", "x86_64", "3.11", True),
        ("linux", "aarch64", "3.15", True),
        ("win32", "AMD64", "3.13", True),
        ("darwin", "arm64", "3.12", True),
        ("darwin", "x86_64", "3.12", False),
        ("linux", "armv7l", "3.13", False),
        ("linux", "riscv64", "3.13", False),
        ("linux", "x86_64", "3.16", False),
    ]:
        there = {"sys_platform": system, "platform_machine": machine, "python_version": python}
        there |= {"implementation_name": "cpython", "python_full_version": f"{python}.0"}
        there |= {"platform_python_implementation": "CPython"}
        assert needed.marker.evaluate(there) == Marker(locked).evaluate(there) == wheel, there
