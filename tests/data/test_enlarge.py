"""The enlarged MNIST: each digit the same wherever it is made, and on disk whole or not at all."""

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from dask.sizeof import sizeof
from hypothesis import given
from hypothesis import strategies as st

from mnist_kmeans import kmeans, load_mnist
from mnist_kmeans.basics import places
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.parallel import cores
from mnist_kmeans.cli import main
from mnist_kmeans.cluster import connect, kmeans_dask
from mnist_kmeans.data import enlarge as module
from mnist_kmeans.data.enlarge import enlarge, open_enlarged
from mnist_kmeans.data.variations import (
    BORDER,
    CONTROLS,
    SHIFT,
    SIDE,
    SINE,
    STRETCH,
    displacements,
    thicken,
    variations,
    vary,
    warp,
)

SOURCE, _ = load_mnist("sample").holdout()
M = len(SOURCE)
BLOCK = 200  # in most tests, so that they are quick


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder for enlarged digits, in small blocks."""
    monkeypatch.setattr(module, "BLOCK", BLOCK)
    return tmp_path / "enlarged"


def files_in(folder):
    """Return {name: (bytes, time of writing)} of all that is in a folder."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_the_first_digits_are_those_to_train_on():
    digits = variations(SOURCE, 0, M, seed=0)
    np.testing.assert_array_equal(digits.images, SOURCE.images)
    np.testing.assert_array_equal(digits.labels, SOURCE.labels)


@given(st.integers(0, 10**12), st.integers(1, 120), st.integers(0, 3), st.data())
def test_a_digit_depends_on_its_number_and_the_seed_alone(first, count, seed, data):
    together = variations(SOURCE, first, count, seed)
    place = data.draw(st.integers(0, count - 1))
    alone = variations(SOURCE, first + place, 1, seed)
    np.testing.assert_array_equal(together.images[place], alone.images[0])
    assert together.labels[place] == alone.labels[0] == SOURCE.labels[(first + place) % M]


def test_other_seeds_and_other_rounds_make_other_digits():
    seen = [variations(SOURCE, M * turn, 50, seed).images for turn in (1, 2, 9) for seed in (0, 1)]
    assert len({image.tobytes() for images in seen for image in images}) == 6 * 50


@pytest.mark.parametrize(
    ("first", "seed", "digest"),
    [
        (M, 0, "35163c07aab95631acfb5b68b92f8b246dd0ec5a0f083fb78b3a78c9994797bd"),
        (10**9, 0, "d863fbb8ca79ac80a709915656eb01c4b69ec5633dd53a25638481f3cef8322b"),
        (M, 1, "5fa9cc82bebd76b8c53fbb09de4ce1eb63a45c5ad55388addae157f1aa2ae79c"),
    ],
)
def test_the_digits_are_these(first, seed, digest):
    images = variations(SOURCE, first, 300, seed).images
    assert images.flags.c_contiguous
    assert hashlib.sha256(images).hexdigest() == digest


def test_the_labels_stay_right():
    """The nearest digit that a variation was not made of has its label, nearly as for originals."""
    points, rows = SOURCE.images.astype(np.float64), np.arange(500)

    def share_right(images):
        squared = (points**2).sum(axis=1) - 2 * images.astype(np.float64) @ points.T
        squared[rows, rows] = np.inf
        return np.mean(SOURCE.labels[squared.argmin(axis=1)] == SOURCE.labels[rows])

    assert share_right(SOURCE.images[rows]) > 0.9
    assert share_right(variations(SOURCE, M, 500, seed=0).images) > 0.8


def test_digits_that_do_not_move_stay_the_same():
    images = SOURCE.images[:50].reshape(-1, SIDE, SIDE)
    np.testing.assert_array_equal(thicken(images, np.zeros(50, dtype=int)), images)
    still = np.zeros((50, 2, SIDE * SIDE), dtype=np.int32)
    np.testing.assert_array_equal(warp(images, still), SOURCE.images[:50])


def test_warping_takes_the_ink_from_where_the_moves_say():
    image = np.zeros((1, SIDE, SIDE), dtype=np.uint8)
    image[0, 10, 20] = 200
    moves = np.zeros((1, 2, SIDE, SIDE), dtype=np.int32)
    moves[:, 0], moves[:, 1] = 2 * 256, -3 * 256 + 64  # down, and to the left by 2.75
    expected = np.zeros((SIDE, SIDE))
    expected[8, 22:24] = 50, 150
    warped = warp(image, moves.reshape(1, 2, -1))
    np.testing.assert_array_equal(warped.reshape(SIDE, SIDE), expected)


def test_a_thicker_pen_reaches_the_neighbours_and_a_thinner_one_leaves_the_edges():
    image = np.zeros((1, SIDE, SIDE), dtype=np.uint8)
    image[0, 5:8, 5:8] = 100
    image[0, 0, 0] = 255
    thick = thicken(image, np.array([128]))[0]
    thin = thicken(image, np.array([-64]))[0]
    assert thick[4, 5] == thick[8, 7] == 50 and thick[4, 4] == 0 and thick[6, 6] == 100
    assert thick[0, 1] == thick[1, 0] == 128 and thick[0, 0] == 255 and thick[0, 27] == 0
    assert thin[5, 5] == thin[7, 6] == 75 and thin[6, 6] == 100 and thin[4, 5] == 0


def test_rotations_and_shifts_are_those_asked_for():
    y, x = (np.indices((SIDE, SIDE)) - 13.5).reshape(2, -1)
    still = np.zeros((1, 2, CONTROLS, CONTROLS), dtype=int)
    for sine, shift in product((-SINE, 5000, SINE), [(0, 0), (SHIFT, -20)]):
        angle = np.arcsin(sine / 2**16)
        turned = [
            np.cos(angle) * y + np.sin(angle) * x - y + shift[0] / 64,
            np.cos(angle) * x - np.sin(angle) * y - x + shift[1] / 64,
        ]
        moves = displacements(np.array([sine]), np.array([shift]), still)
        assert np.abs(moves[0] / 256 - turned).max() < 1 / 40


def test_the_largest_displacements_are_exact_and_stay_within_the_border():
    """A digit's neighbour in memory would show at its edge if a displacement were longer."""
    signs = np.array(list(product((-1, 0, 1), repeat=5)))
    stretches = STRETCH * np.repeat(signs[:, 3:], CONTROLS**2, axis=1)
    moves = displacements(
        SINE * signs[:, 0],
        SHIFT * signs[:, 1:3],
        stretches.reshape(-1, 2, CONTROLS, CONTROLS),
    )
    assert np.abs(moves).max() < 256 * BORDER
    ink = np.full((3, SIDE * SIDE), 255, dtype=np.uint8)
    for least, most in product((0, 2**16 - 1), repeat=2):
        draws = np.where(np.arange(76) % 3 == 0, least, most) * np.ones((3, 1), dtype=int)
        alone = [vary(ink[:1], draws[:1])[0]] * 3
        np.testing.assert_array_equal(vary(ink, draws), alone)
        ink[1] = 0
        np.testing.assert_array_equal(vary(ink, draws)[[0, 2]], alone[:2])
        ink[1] = 255


def test_what_is_stored_is_what_was_asked_for(folder):
    assert enlarge(M + 250, seed=5, edition="sample", folder=folder) == folder
    images, labels = open_enlarged(seed=5, edition="sample", folder=folder)
    expected = variations(SOURCE, 0, M + 250, seed=5)
    assert images.dtype == labels.dtype == np.uint8
    assert images.shape == (M + 250, 784) and labels.shape == (M + 250,)
    assert images.chunks[0] == labels.chunks[0] == (BLOCK,) * (M // BLOCK + 1) + (50,)
    np.testing.assert_array_equal(images.compute(), expected.images)
    np.testing.assert_array_equal(labels.compute(), expected.labels)
    np.testing.assert_array_equal(images[M - 7 : M + 3].compute(), expected.images[M - 7 : M + 3])
    first = np.load(folder / "images-00000.npy")  # numpy alone reads it
    np.testing.assert_array_equal(first, expected.images[:BLOCK])


def test_no_file_depends_on_n_and_those_there_are_kept(folder):
    enlarge(300, edition="sample", folder=folder)
    few = files_in(folder)
    enlarge(900, edition="sample", folder=folder)
    many = files_in(folder)
    assert len(many) > len(few)
    for name in few.keys() - {module.ABOUT}:
        assert many[name] == few[name]
    enlarge(300, edition="sample", folder=folder)
    images, _ = open_enlarged(edition="sample", folder=folder)
    assert len(images) == 300


PROGRAM = f"""
import sys
from mnist_kmeans.data import enlarge
enlarge.BLOCK = {BLOCK}
enlarge.enlarge(200_000, edition="sample", folder=sys.argv[1])  # takes much longer than a signal
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_leaves_whole_files_and_goes_on(number, folder):
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while len(list(folder.glob("*.npy"))) < 20:
            assert process.poll() is None
            time.sleep(0.001)
        process.send_signal(number)
        process.wait(120)
    assert process.returncode != 0
    done = files_in(folder)
    blocks = {name for name in done if name.endswith(".npy")}
    assert 20 <= len(blocks) < 2000
    with pytest.raises(InputError, match=r"No such file|is missing"):
        open_enlarged(edition="sample", folder=folder)
    for name in blocks:
        assert len(done[name][0]) in (128 + BLOCK, 128 + BLOCK * 784)
    enlarge(6_000, edition="sample", folder=folder)
    now = files_in(folder)
    kept = {name[-9:-4] for name in blocks if now[name] == done[name]}
    assert kept == {name[6:11] for name in done if name.endswith(".sha256")}  # that were finished
    assert kept
    images, labels = open_enlarged(edition="sample", folder=folder)
    expected = variations(SOURCE, 0, 6_000, seed=0)
    np.testing.assert_array_equal(images.compute(), expected.images)
    np.testing.assert_array_equal(labels.compute(), expected.labels)


def remove(path):
    path.unlink()


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1])


def cut_in_the_header(path):
    path.write_bytes(path.read_bytes()[:50])


def empty(path):
    path.write_bytes(b"")


def put_text(path):
    path.write_text("not an array")


def put_another_shape(path):
    np.save(path, np.zeros((BLOCK + 1, 784), dtype=np.uint8))


def put_another_type(path):
    np.save(path, np.load(path).astype(np.int8))


DAMAGES = {
    remove: "No such file",
    truncate: "length",
    cut_in_the_header: "header",
    empty: "magic string",
    put_text: "magic string",
    put_another_shape: r"\(201, 784\)",
    put_another_type: "int8",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["images-00001.npy", "labels-00002.npy"])
def test_a_damaged_file_is_named_and_made_anew(damage, name, folder):
    enlarge(600, edition="sample", folder=folder)
    whole = files_in(folder)[name][0]
    images, labels = open_enlarged(edition="sample", folder=folder)
    damage(folder / name)
    for read in (
        lambda: open_enlarged(edition="sample", folder=folder),
        lambda: (images.sum() + labels.sum()).compute(),  # opened before it was damaged
    ):
        with pytest.raises(InputError, match=DAMAGES[damage]) as caught:
            read()
        assert str(folder / name) in str(caught.value) and "enlarge" in str(caught.value)
    enlarge(600, edition="sample", folder=folder)
    assert (folder / name).read_bytes() == whole


def test_workers_cluster_what_is_on_disk_a_block_at_a_time(tmp_path):
    enlarge(40_000, edition="sample", folder=tmp_path)
    images, _ = open_enlarged(edition="sample", folder=tmp_path)
    some = variations(SOURCE, 0, 25_000, seed=0).images
    damaged = tmp_path / "images-00003.npy"
    truncate(damaged)  # nobody reads it until it is asked for
    with connect(workers=1) as client:
        by_blocks = kmeans_dask(images[:25_000], 5, max_iter=2)
        held = client.run(lambda dask_worker: sum(map(sizeof, dask_worker.data.values())))
        assignments = by_blocks.assignments.compute()
        with pytest.raises(InputError, match=re.escape(str(damaged))):
            kmeans_dask(images, 5, max_iter=2)
    whole = kmeans(some, 5, max_iter=2)
    np.testing.assert_array_equal(by_blocks.centroids, whole.centroids)
    np.testing.assert_array_equal(assignments, whole.assignments)
    assert assignments.dtype == whole.assignments.dtype
    assert max(held.values()) < 100_000  # assignments, a byte each, but no blocks of 7,840,000


def test_digits_of_another_origin_are_refused_and_left_alone(folder):
    enlarge(300, seed=1, edition="sample", folder=folder)
    before = files_in(folder)
    for other in {"seed": 2, "edition": "sample"}, {"seed": 1, "edition": "full"}:
        with pytest.raises(InputError, match="holds other digits"):
            enlarge(300, folder=folder, **other)
        with pytest.raises(InputError, match="holds other digits"):
            open_enlarged(folder=folder, **other)
    assert files_in(folder) == before


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"n": "many"}', '{"n": 0}'])
def test_a_damaged_description_is_named(text, folder):
    enlarge(300, edition="sample", folder=folder)
    (folder / module.ABOUT).write_text(text)
    for refuse in open_enlarged, lambda **options: enlarge(300, **options):
        with pytest.raises(InputError, match=module.ABOUT):
            refuse(edition="sample", folder=folder)


def test_where_nothing_is_stored_the_command_is_named(folder):
    with pytest.raises(InputError, match="make the digits with: mnist-kmeans enlarge"):
        open_enlarged(edition="sample", folder=folder)


@pytest.mark.parametrize(
    ("arguments", "reason"), [({"n": 0}, "n must"), ({"n": 2.5}, "n must"), ({"seed": -1}, "seed")]
)
def test_what_cannot_be_made_is_refused(arguments, reason, folder):
    with pytest.raises(InputError, match=reason):
        enlarge(**{"n": 10, "edition": "sample", "folder": folder} | arguments)
    assert not folder.exists()


def test_a_full_disk_is_told_in_one_line_and_leaves_whole_files(folder, monkeypatch):
    write_bytes = Path.write_bytes

    def run_full(self, content):
        if "images-00003" in self.name:
            write_bytes(self, content[:100])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_bytes(self, content)

    monkeypatch.setattr(Path, "write_bytes", run_full)
    with pytest.raises(InputError, match=r"cannot write .*images-00003\.npy: No space left"):
        enlarge(2000, edition="sample", folder=folder)
    assert not list(folder.glob("images-00003*"))
    monkeypatch.undo()
    monkeypatch.setattr(module, "BLOCK", BLOCK)
    enlarge(2000, edition="sample", folder=folder)
    assert len(list(folder.glob("*"))) == 3 * 10 + 1


def test_a_typing_mistake_in_the_size_is_told_before_anything_is_written(folder):
    n = 10**15
    with pytest.raises(
        InputError, match=r"need 786,280,000.0 GB more in .*, and [0-9,.]+ GB are free"
    ):
        enlarge(n, edition="sample", folder=folder)
    assert not folder.exists()
    enlarge(300, edition="sample", folder=folder)
    before = files_in(folder)
    with pytest.raises(InputError, match="GB more in"):
        enlarge(n, edition="sample", folder=folder)
    assert files_in(folder) == before


def test_room_is_needed_only_for_what_is_not_there(folder, monkeypatch):
    enlarge(800, edition="sample", folder=folder)
    missing = 2 * (BLOCK * 785 + 2 * 128)
    usage = shutil.disk_usage(folder)
    for free, enough in (missing - 1, False), (missing, True):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        with nullcontext() if enough else pytest.raises(InputError, match="make room"):
            enlarge(1200, edition="sample", folder=folder)


def test_blocks_are_taken_one_by_one_and_none_after_a_failure(folder, monkeypatch):
    """However many there are: 10^15 in a queue would fill the memory."""
    usage = shutil.disk_usage(folder.parent)._replace(free=10**30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    asked = []

    def fail_later(source, first, count, seed):
        asked.append(first)
        if len(asked) > 5:
            raise InputError("enough")
        return variations(source, first, count, seed)

    monkeypatch.setattr(module, "variations", fail_later)
    with pytest.raises(InputError, match="enough"):
        enlarge(10**15 * BLOCK, edition="sample", folder=folder)
    assert 5 < len(asked) <= 5 + cores()
    assert sorted(asked) == [BLOCK * i for i in range(len(asked))]


@pytest.mark.parametrize("name", ["images-00001.npy", "labels-00001.npy"])
@pytest.mark.parametrize("place", [-1, 5000, 128, 127])
def test_a_flipped_bit_is_noticed_when_the_block_is_read_and_mended(place, name, folder):
    enlarge(600, edition="sample", folder=folder)
    content = bytearray((folder / name).read_bytes())
    whole, place = bytes(content), min(place, len(content) - 1)
    content[place] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(InputError, match=re.escape(str(folder / name))) as told:
        images, labels = open_enlarged(edition="sample", folder=folder)
        assert (images.sum() + labels.sum()).compute()
    assert "mnist-kmeans enlarge" in str(told.value)
    enlarge(600, edition="sample", folder=folder)
    assert (folder / name).read_bytes() == whole


def test_blocks_without_checksums_are_made_anew(folder):
    enlarge(600, edition="sample", folder=folder)
    whole = files_in(folder)
    sums = folder / "block-00001.sha256"
    assert sums.read_text().splitlines()[1] == "{}  labels-00001.npy".format(
        hashlib.sha256(whole["labels-00001.npy"][0]).hexdigest()
    )
    sums.unlink()
    with pytest.raises(InputError, match=r"block-00001\.sha256 is missing.*mnist-kmeans enlarge"):
        open_enlarged(edition="sample", folder=folder)
    enlarge(600, edition="sample", folder=folder)
    assert {name: content for name, (content, _) in files_in(folder).items()} == {
        name: content for name, (content, _) in whole.items()
    }


def test_a_folder_that_cannot_be_made_is_told_in_one_line(folder):
    folder.write_text("a file where the folder should be")
    with pytest.raises(InputError, match=f"cannot write {re.escape(str(folder))}"):
        enlarge(300, edition="sample", folder=folder)


@pytest.mark.parametrize("name", ["images-00000.npy", "labels-00007.npy"])
def test_files_of_somebody_else_are_not_written_over(name, folder):
    folder.mkdir()
    (folder / name).write_text("mine")
    with pytest.raises(InputError, match="not made by enlarge"):
        enlarge(300, edition="sample", folder=folder)
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(name, "mine")]


def test_the_command_says_where_the_digits_are(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "BLOCK", BLOCK)
    monkeypatch.setattr(places, "checkout", lambda: tmp_path)
    assert main(["enlarge", "--n", "400", "--seed", "7", "--edition", "sample"]) == 0
    folder = tmp_path / "data" / "enlarged" / "sample-seed7"
    assert capsys.readouterr() == (f"400 digits are in {folder}\n", "")
    assert json.loads((folder / module.ABOUT).read_text())["n"] == 400
    assert main(["enlarge", "--n", "0", "--edition", "sample"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("mnist-kmeans: n must")
