"""Who may use whom in the package: every arrow points down, and the subject knows nothing of the press."""

import ast
import re
from graphlib import TopologicalSorter
from itertools import pairwise

import pytest
from helpers import COURSE, ROOT

PACKAGE = ROOT / "mnist_kmeans"
# From the ground up: a room imports only from rooms below it. Folders are rooms of several modules.
FLOORS = [
    "basics",
    "exact",
    "lloyd",
    "fast",
    "seeding",
    "runs",
    "metrics",
    "labeling",
    "data",
    "features",
    "plots",
    "explorer",
    "cluster",
    "exercises",
    "course",
    "grading",
    "cli",
    "__main__",
]
PRESS = {"course", "exercises", "grading", "cli", "__main__"}  # all others are the subject


def modules():
    """Return {name within the package: path} of all its modules; a door is named after its room."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = modules()


def room(name):
    """Return the room of a module."""
    return name.partition(".")[0]


def imports(name, code):
    """Return the modules of the package that code imports, those within functions too."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: absolute imports only"
            for each in node.names:
                whole = f"{node.module}.{each.name}"
                inside = whole.removeprefix("mnist_kmeans.") in MODULES
                found.add(whole if inside else node.module)
    package = "mnist_kmeans."
    return {each.removeprefix(package) for each in found if each.startswith(package)}


def faults(name, code):
    """Return what is wrong with the imports of a module, as sentences."""
    own, found = room(name), []
    for other in sorted(imports(name, code)):
        theirs = room(other)
        if theirs == own:
            if other == own and name != own:
                found.append(f"{name} imports from its own door")
        elif FLOORS.index(theirs) > FLOORS.index(own):
            found.append(f"{name} imports {other}, which is above it")
        if theirs in PRESS and own not in PRESS:
            found.append(f"{name} belongs to the subject and imports {other}, of the press")
        if theirs == "course" and own not in {"course", "grading", "cli"}:
            found.append(f"{name} imports {other}; only the command line goes to the press")
    return found


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__init__"])
def test_a_module_imports_only_what_is_below_it(name):
    assert faults(name, MODULES[name].read_text("utf-8")) == []


@pytest.mark.parametrize("own", [name for name in FLOORS if (PACKAGE / name).is_dir()])
def test_the_modules_of_a_room_do_not_go_round_in_circles(own):
    arrows = {
        name: {other for other in imports(name, path.read_text("utf-8")) if room(other) == own}
        for name, path in MODULES.items()
        if room(name) == own
    }
    assert list(TopologicalSorter(arrows).static_order())  # raises CycleError


@pytest.mark.parametrize(
    ("name", "code", "fault"),
    [
        ("exact", "from mnist_kmeans.lloyd import lloyd", "exact imports lloyd, which is above it"),
        (
            "lloyd",
            "def f():\n    import mnist_kmeans.runs",
            "lloyd imports runs, which is above it",
        ),
        (
            "plots.look",
            "from mnist_kmeans.plots import show",
            "plots.look imports from its own door",
        ),
        (
            "runs",
            "from mnist_kmeans.course import store",
            "runs imports course.store, which is above",
        ),
        ("cluster.trees", "from mnist_kmeans.exercises import checking", "belongs to the subject"),
        ("exercises.checking", "from mnist_kmeans import course", "only the command line goes"),
    ],
)
def test_an_import_that_points_upwards_is_found(name, code, fault):
    assert any(fault in each for each in faults(name, code))


def test_every_room_has_its_floor_and_the_top_of_the_package_is_small():
    rooms = {room(name) for name in MODULES} - {"__init__"}
    assert rooms == set(FLOORS)
    assert (
        len([name for name in MODULES if "." not in name and not (PACKAGE / name).is_dir()]) <= 13
    )


def test_only_the_command_line_and_the_site_go_to_the_press():
    programs = [path for name in ("benchmarks", "data") for path in (ROOT / name).rglob("*.py")]
    for path in [*programs, *COURSE.chosen_sources()]:
        found = imports(path.name, path.read_text("utf-8"))
        assert not {each for each in found if room(each) == "course"}, path


@pytest.mark.parametrize(
    "folder", [path for path in sorted((ROOT / "tests").iterdir()) if path.is_dir()]
)
def test_tests_stand_in_the_room_that_they_test(folder):
    others = {"browser", "sample_edition", "__pycache__"}
    assert folder.name in set(FLOORS) | others


def test_no_helper_of_the_tests_is_defined_twice():
    defined = {}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if "attempts" in path.parts:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.decorator_list:
                body = ast.dump(ast.Module(node.body[1:], []))
                if not node.name.startswith("test_") and len(node.body) > 1:
                    defined.setdefault(body, []).append(f"{path.name}: {node.name}")
    assert [places for places in defined.values() if len(places) > 1] == []


def test_the_reference_lists_the_rooms_from_the_ground_up():
    """As the page promises: a module imports only what stands above it."""
    api = ROOT / "site" / "api"
    toctree = re.search(
        r"```\{toctree\}\n:.+?\n\n(.+?)\n```", (api / "index.md").read_text("utf-8"), re.DOTALL
    )
    listed = [
        name
        for page in toctree[1].split()
        for name in re.findall(
            r"automodule:: mnist_kmeans\.(\S+)", (api / f"{page}.md").read_text("utf-8")
        )
    ]
    doors = {name for name in MODULES if (PACKAGE / name).is_dir()}
    chapters = {name for name in MODULES if name.startswith("exercises.chapter_")}
    assert sorted(listed) == sorted(MODULES.keys() - doors - chapters - {"__init__", "__main__"})
    for above, below in pairwise(listed):
        assert FLOORS.index(room(above)) <= FLOORS.index(room(below)), (above, below)
    for position, name in enumerate(listed):
        own = imports(name, MODULES[name].read_text("utf-8")) - doors
        assert own <= set(listed[:position]) | chapters, name
