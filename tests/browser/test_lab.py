"""The real JupyterLab, as `mnist-kmeans lab` starts it, in a browser: chapters, explorer, exercises."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from helpers import COURSE, ROOT
from nbformat.v4 import new_code_cell, new_notebook, new_output

from mnist_kmeans.course.comparison import IGNORED
from mnist_kmeans.course.store import KERNEL, code_cells, read_stored

# `mnist-kmeans lab -- ARGUMENTS`, on a copy of the notebooks.
PROGRAM = """
import pathlib, sys
from mnist_kmeans.basics import interrupts
from mnist_kmeans.cli import main
from mnist_kmeans.course.checkout import Checkout
with interrupts.one_line("mnist-kmeans"):
    main(["lab", "--", *sys.argv[2:]], Checkout(pathlib.Path(sys.argv[1])))
"""
SCREENSHOTS = ROOT / "build" / "screenshots"
# errors and warnings
RED = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    """JupyterLab on a copy of the notebooks, with the sample edition; its address and folder."""
    home = tmp_path_factory.mktemp("lab")
    folder = shutil.copytree(COURSE.chapters, home / "notebooks")
    (home / "site").mkdir()
    shutil.copy(COURSE.table, home / "site")  # it says which chapters there are
    arguments = ["--no-browser", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token="]
    arguments += ["--expose-app-in-browser"]  # as `jupyterapp`, which takes commands
    own = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(home), "--allow-root", *arguments],
        env={
            **os.environ,
            **{name: str(home / name) for name in own},
            "MNIST_KMEANS_EDITION": "sample",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield SimpleNamespace(url=address(server, home / "JUPYTER_RUNTIME_DIR"), folder=folder)
    finally:
        started = psutil.Process(server.pid).children(recursive=True)
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)
        assert started and psutil.wait_procs(started, 60)[1] == [], "they run on"


def address(server, runtime):
    """Return the address of a server, which it writes into a file as soon as it answers there."""
    while server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # half of it is written
                return json.loads(file.read_text())["url"].rstrip("/")
        time.sleep(0.1)
    pytest.fail("JupyterLab did not start")


@pytest.fixture(scope="module")
def window(browser, lab):
    """A browser window with JupyterLab in it. (To load it takes longer than many a test.)"""
    window = browser.new_page()
    window.set_default_timeout(60_000)
    window.goto(f"{lab.url}/lab")
    window.wait_for_function("() => window.jupyterapp")  # set after the page has loaded
    yield window
    window.close()


@pytest.fixture
def page(window, lab):
    """The browser window with no file open; when the test ends, so do the kernels that it started."""
    window.set_viewport_size({"width": 1280, "height": 900})
    yield window
    for session in window.request.get(f"{lab.url}/api/sessions").json():
        window.request.delete(f"{lab.url}/api/sessions/{session['id']}")
    command(window, "docmanager:save-all")
    command(window, "application:close-all")


def command(page, name, **arguments):
    """Have JupyterLab execute one of its commands, and wait until it has."""
    page.evaluate(
        """([name, arguments]) => Promise.race([
            jupyterapp.restored.then(() => jupyterapp.commands.execute(name, arguments)),
            new Promise((_, fail) => setTimeout(() => fail(`${name} does not end`), 300_000)),
        ]).then(() => null)""",
        [name, arguments],
    )


def open_in(page, name):
    """Open a file, and wait until its kernel is ready."""
    command(page, "docmanager:open", path=name)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()


def choose(page, *items):
    """Choose from a menu, and on through the menus that it opens."""
    for item in items[:-1]:
        page.locator(".lm-Menu-item, .lm-MenuBar-item").get_by_text(item, exact=True).hover()
        if item == "Run":
            page.locator(".lm-MenuBar-item").get_by_text(item, exact=True).click()
    page.locator(".lm-Menu-item").get_by_text(items[-1], exact=True).first.click()


def run_all(page, lab, name):
    """Open a notebook, run all its cells, save it, and return what is saved."""
    open_in(page, name)
    command(page, "notebook:run-all-cells")
    command(page, "docmanager:save")
    return nbformat.read(lab.folder / name, as_version=4)


def faults(notebook):
    """Tell which cells of a notebook ended in an error or were not executed."""
    found = []
    for number, cell in enumerate(code_cells(notebook)):
        errors = [output.ename for output in cell.outputs if output.output_type == "error"]
        found += [(number, error) for error in errors]
        if cell.execution_count != number + 1:
            found.append((number, "not executed in order"))
    return found


def printed(notebook):
    """Return what each cell of a notebook prints, but for the cells with timings."""
    return [
        "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
        for cell in code_cells(notebook)
        if IGNORED not in cell.metadata.get("tags", [])
    ]


@pytest.mark.parametrize("chapter", COURSE.sources(), ids=lambda path: path.stem)
def test_a_chapter_runs_and_prints_what_is_stored(chapter, page, lab):
    saved = run_all(page, lab, f"{chapter.stem}.ipynb")
    assert faults(saved) == []
    assert page.locator(RED).count() == 0
    assert printed(saved) == printed(read_stored(COURSE.stored_path(chapter, "sample")))
    assert (lab.folder / chapter.name).read_text("utf-8") == chapter.read_text("utf-8")


def test_a_broken_chapter_is_noticed(page, lab):
    cells = [new_code_cell(line) for line in ("print('seen')", "1 / 0", "print('not seen')")]
    broken = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(broken, lab.folder / "broken.ipynb")
    saved = run_all(page, lab, "broken.ipynb")
    assert faults(saved) == [(1, "ZeroDivisionError"), (2, "not executed in order")]
    assert page.locator(RED).count() == 1
    assert printed(saved) == ["seen\n", "", ""]


# The words about an iteration are there before its picture is drawn.
LAST_PICTURE_IS_NOT = """before =>
    [...document.querySelectorAll(".jp-OutputArea .widget-html img")].at(-1).src !== before
"""


def test_the_sliders_of_the_explorer_change_the_picture(page, lab):
    run_all(page, lab, "04_labeling.ipynb")

    def shown():
        return page.locator(".jp-OutputArea .widget-html img").last.get_attribute("src")

    def press(slider, key, then):
        before = shown()
        page.get_by_role("slider", name=slider).press(key)
        page.get_by_text(then).wait_for()
        page.wait_for_function(LAST_PICTURE_IS_NOT, arg=before)
        return shown()

    pictures = [
        shown(),
        press("clusters k", "ArrowRight", "k = 17, seed 2"),
        press("seed", "ArrowRight", "k = 17, seed 3"),
        press("iteration", "Home", "k = 17, seed 3, iteration 1 of"),
    ]
    assert len(set(pictures)) == len(pictures)
    page.get_by_role("slider", name="iteration").press("ArrowLeft")  # it is at its end
    page.wait_for_timeout(1000)
    assert shown() == pictures[-1]


def test_an_exercise_answers_a_wrong_and_a_right_attempt(page, lab):
    open_in(page, "exercises/01_loading.ipynb")
    cells = page.locator(".jp-CodeCell")
    number = next(i for i in range(cells.count()) if "your code here" in cells.nth(i).inner_text())
    solution = code_cells(nbformat.read(lab.folder / "solutions" / "01_loading.ipynb", 4))[
        number
    ].source
    execute(page, cells.nth(0))
    wrong = "def ink_share(images):\n    return (images > 0).sum(axis=1)"
    not_yet, done = "Not yet: these are numbers of pixels.", "Done: all of this is right."
    for attempt, answer, other in [(wrong, not_yet, "Done"), (solution, done, "Not yet")]:
        cells.nth(number).locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(attempt)
        execute(page, cells.nth(number))
        execute(page, cells.nth(number + 1))
        shown = cells.nth(number + 1).locator(".jp-OutputArea", has_text=answer)
        shown.wait_for()
        assert other not in shown.inner_text()


def execute(page, cell):
    """Run one cell and wait until it is done: then its prompt shows another number."""
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    prompt.filter(has_text=re.compile(r"\d"), has_not_text=before).wait_for()


def test_a_py_file_opens_as_a_notebook(page, lab):
    command(page, "docmanager:open", path="03_lloyd_from_scratch.py", factory="Notebook")
    page.get_by_role("heading", name="3. Lloyd's algorithm from scratch").wait_for()


def test_it_opens_with_a_start_page_that_leads_to_the_chapters(browser, lab):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(lab.url)  # as the command opens it
    page.get_by_role("heading", name="k-means on MNIST").wait_for(timeout=60_000)
    page.wait_for_function("() => window.jupyterapp")
    page.evaluate("() => jupyterapp.restored.then(() => null)")
    page.wait_for_timeout(3000)  # time for what might pop up
    page.screenshot(path=SCREENSHOTS / "lab-start.png")
    assert page.locator(".Toastify__toast").count() == 0
    listed = page.locator(".jp-DirListing-itemText").all_inner_texts()
    ours = [name for name in listed if name[0].isdigit()]
    assert ours == [f"{chapter.stem}.ipynb" for chapter in COURSE.sources()]
    assert page.get_by_text("Modified").count() == 0  # the names of chapters need its room
    assert "start.md" in listed and not [name for name in listed if name.endswith(".toml")]
    page.get_by_role("link", name="Naive clustering").click()
    page.get_by_role("heading", name="2. Naive clustering").wait_for(timeout=60_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    page.screenshot(path=SCREENSHOTS / "lab-chapter.png")
    assert page.locator(".jp-mod-dirty").count() == 0
    page.close()


ANIMATION = """\
import numpy as np
from mnist_kmeans.plots import lloyd_animation

points = np.array([[0, 0], [1, 1], [8, 8], [9, 9]])
steps = [
    (np.array([0, 0, 0, 1]), np.array([[1.0, 1], [9, 9]])),
    (np.array([0, 0, 1, 1]), np.array([[3.0, 3], [9, 9]])),
    (np.array([0, 0, 1, 1]), np.array([[0.5, 0.5], [8.5, 8.5]])),
]
animation = lloyd_animation(points, steps, heading="In motion", xlabel="x", ylabel="y")
"""


def test_the_animation_is_a_strip_before_its_cell_has_run_and_plays_after(page, lab):
    exec(ANIMATION, names := {})
    stored = new_output("display_data", names["animation"]._repr_mimebundle_())
    cell = new_code_cell(ANIMATION + "animation", execution_count=1, outputs=[stored])
    notebook = new_notebook(cells=[cell], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, lab.folder / "animation.ipynb")

    page.set_viewport_size({"width": 1280, "height": 1600})  # room below it for what pops up
    open_in(page, "animation.ipynb")
    output = page.locator(".jp-OutputArea-output")
    strip = output.locator("img")
    strip.screenshot(path=SCREENSHOTS / "animation-lab-strip.png")
    assert output.locator("svg:visible, label:visible").count() == 0

    choose(page, "Run", "Run All Cells")
    output.locator("label", has_text="pause").click()
    assert not strip.is_visible()
    drawing = output.locator("svg")
    paused = drawing.screenshot()
    page.wait_for_timeout(2500)  # longer than any scene but the last
    assert drawing.screenshot() == paused
    output.locator('label[title="iteration 2: update"]').click()
    page.wait_for_timeout(1500)  # until the crosses are there
    assert drawing.screenshot(path=SCREENSHOTS / "animation-lab-buttons.png") != paused
