"""Run `fingerprints.py` on processors that are not here, and write down what comes out: make machines.

Debian compiles Python and numpy for all of them; QEMU executes their programs one by one, without their
kernel and without a disk of theirs. All that is fetched goes to build/machines. Needs Linux with apt, and
QEMU (Debian's package qemu-user).

    python benchmarks/machines.py [PROCESSOR ...]     one of those below; without any, all

With names it only compares with what is written down; it fails when a digest differs.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "machines"
RESULTS = HERE / "machines.json"
PACKAGES = ["python3-numpy", "python3-threadpoolctl", "python3-psutil"]
PROCESSORS = {  # Debian's name: QEMU's name, the folder of its libraries
    "amd64": ("x86_64", "x86_64-linux-gnu"),
    "i386": ("i386", "i386-linux-gnu"),
    "arm64": ("aarch64", "aarch64-linux-gnu"),
    "armhf": ("arm", "arm-linux-gnueabihf"),
    "ppc64el": ("ppc64le", "powerpc64le-linux-gnu"),
    "riscv64": ("riscv64", "riscv64-linux-gnu"),
    "s390x": ("s390x", "s390x-linux-gnu"),
}
NUMBA = {
    "arm64": "aarch64-manylinux_2_28"
}  # where its compiled loops are tried under emulation, too


def main(wanted):
    """Run on the processors asked for, or on all, and compare or write down; return an exit status."""
    if unknown := set(wanted) - set(PROCESSORS):
        return fail(
            f"no processor is called {', '.join(unknown)}; there are {', '.join(PROCESSORS)}"
        )
    if missing := [each for each in ("apt-get", "dpkg-deb") if not shutil.which(each)]:
        return fail(f"this needs Linux with apt; there is no {' and no '.join(missing)}")
    processors = wanted or list(PROCESSORS)
    if missing := [each for each in processors if not shutil.which(f"qemu-{PROCESSORS[each][0]}")]:
        return fail(f"QEMU is missing for {', '.join(missing)}; run: apt-get install qemu-user")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(run, processors))
    trusted = json.loads(RESULTS.read_text()) if RESULTS.exists() else found
    known = {what: digest for each in reversed(trusted) for what, digest in each["digests"].items()}
    for name, each in zip(processors, found, strict=True):
        other = [
            what for what, digest in each["digests"].items() if digest != known.get(what, digest)
        ]
        print(
            f"{name:8} {each['numpy']:8} {'other bits: ' + ', '.join(other) if other else 'the same bits'}"
        )
        if other:
            return 1
    if not wanted:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def run(processor):
    """Return what `fingerprints.py` prints on a processor."""
    qemu, libraries = PROCESSORS[processor]
    root = unpacked(processor)
    paths = [root / "usr/lib/python3/dist-packages"]
    if processor in NUMBA:
        paths.append(numba_for(processor, root))
    python = next((root / "usr/bin").glob("python3.[0-9]*"))
    variables = {
        "LD_LIBRARY_PATH": f"{root}/usr/lib/{libraries}/blas:{root}/usr/lib/{libraries}/lapack",
        "PYTHONHOME": root / "usr",
        "PYTHONPATH": ":".join(map(str, paths)),
        "PYTHONDONTWRITEBYTECODE": 1,
        "NUMBA_CACHE_DIR": root / "numba",
    }
    given = [part for name, value in variables.items() for part in ("-E", f"{name}={value}")]
    command = [f"qemu-{qemu}", "-L", root, *given, python, HERE / "fingerprints.py"]
    return json.loads(output(*command))


def unpacked(processor):
    """Return a folder with Debian's Python and numpy for a processor, fetched and unpacked if need be."""
    folder = BUILD / processor
    root, ready = folder / "root", folder / "ready"
    if ready.exists():
        return root
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/partial", "archives/partial", "root"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()  # nothing is installed, so all that is needed is fetched
    (folder / "sources.list").write_text(f"deb {mirror()} sid main\n")
    settings = {
        "Dir::State": folder,
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder,
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "APT::Architecture": processor,
        "APT::Architectures": processor,
        "Acquire::Languages": "none",
    }
    apt = [
        "apt-get",
        "-qq",
        "-oAcquire::Retries=5",
        *(f"-o{name}={value}" for name, value in settings.items()),
    ]
    output(*apt, "update")
    output(*apt, "install", "--yes", "--download-only", "--no-install-recommends", *PACKAGES)
    for package in sorted((folder / "archives").glob("*.deb")):
        output("dpkg-deb", "--extract", package, root)
    for name in ("lib", "lib64"):  # links that Debian makes when it is installed
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")
    ready.touch()
    return root


def mirror():
    """Return the address of the Debian mirror that this machine uses."""
    listed = output("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
    mirrors = [line for line in listed.split() if line.rstrip("/").endswith("/debian")]
    return mirrors[0]


def numba_for(processor, root):
    """Return a folder with the locked Numba for a processor."""
    folder = root.parent / "numba"
    if not folder.exists():
        python = next((root / "usr/bin").glob("python3.[0-9]*")).name.removeprefix("python")
        platform = ["--python-platform", NUMBA[processor], "--python-version", python]
        locked = ["--constraint", ROOT / "requirements.lock", "--only-binary", ":all:", "--no-deps"]
        uv = Path(sys.executable).parent / "uv"
        output(
            uv,
            "pip",
            "install",
            "--quiet",
            *platform,
            *locked,
            "--target",
            folder,
            "numba",
            "llvmlite",
        )
    return folder


def output(*command):
    """Return what a program prints; when it fails, its own words are above and this one ends."""
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} failed; its message is above")
    return done.stdout


def fail(message):
    """Print why nothing can be done; return an exit status."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
