"""Files are written whole or not at all: through links, with their permissions, through a power cut."""

import os
import sys
import time
from pathlib import Path

import pytest
from helpers import contents

from mnist_kmeans.basics import files
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.files import write_whole
from mnist_kmeans.basics.outputs import Outputs

UNIX = pytest.mark.skipif(os.name == "nt", reason="Windows has other links and permissions")


@UNIX
def test_a_link_stays_and_the_file_that_it_leads_to_is_written(tmp_path):
    (tmp_path / "there").mkdir()
    target, link, again = tmp_path / "there" / "file", tmp_path / "link", tmp_path / "again"
    target.write_text("before")
    link.symlink_to("there/file")
    again.symlink_to(link)
    write_whole(again, b"after")
    assert contents(target.parent) == {"file": b"after"}
    assert again.readlink() == link and str(link.readlink()) == "there/file"
    link.unlink()
    link.symlink_to("there/new")  # nothing is there yet
    write_whole(link, b"new")
    assert contents(target.parent) == {"file": b"after", "new": b"new"}


@UNIX
def test_links_in_a_circle_are_told(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(InputError, match=f"cannot write {tmp_path / 'a' / 'file'}: "):
        write_whole(tmp_path / "a" / "file", b"")


@UNIX
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_a_file_keeps_its_permissions(mode, tmp_path):
    path = tmp_path / "file"
    path.write_text("before")
    path.chmod(mode)
    write_whole(path, b"after")
    assert path.stat().st_mode & 0o777 == mode
    (tmp_path / "plain").write_text("")
    write_whole(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the name of an open file")
@pytest.mark.parametrize("durable", [True, False])
def test_bytes_are_on_the_disk_before_the_name_and_the_name_when_it_returns(
    durable, tmp_path, monkeypatch
):
    done = []

    def fsync(number):
        done.append(("fsync", Path(f"/proc/self/fd/{number}").readlink().suffix))

    def replace(self, target, real=Path.replace):
        done.append(("replace", self.suffix))
        real(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    write_whole(tmp_path / "file.txt", b"content", durable)
    replaced = ("replace", ".part")
    assert done == ([("fsync", ".part"), replaced, ("fsync", "")] if durable else [replaced])


def test_what_a_killed_process_has_left_is_swept_and_nothing_else(tmp_path):
    old = time.time() - files.LEFT_BEHIND - 60
    for name in ("a.npy.0123abcd.part", "b.part", "c.0123ABCD.part", "0123abcd.part", "d.npy"):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (old, old))
    (tmp_path / "e.npy.0123abcd.part").write_text("a process writes it just now")
    before = set(contents(tmp_path))
    write_whole(tmp_path / "new", b"")
    assert set(contents(tmp_path)) == before - {"a.npy.0123abcd.part"} | {"new"}


def test_what_a_command_makes_is_written_in_the_same_way(tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a").write_text("")
    (tmp_path / "made" / "a").chmod(0o600)
    Outputs(tmp_path / "made").write("a", b"")
    Outputs(tmp_path / "made").write("a", b"new")
    assert (tmp_path / "made" / "a").read_bytes() == b"new"
    assert os.name == "nt" or (tmp_path / "made" / "a").stat().st_mode & 0o777 == 0o600
