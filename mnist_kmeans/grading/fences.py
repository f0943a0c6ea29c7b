"""What a learner's process may not do: take all the memory, write elsewhere, reach the network or others.

Limits of memory hold on Linux and macOS, the rest on Linux from 5.13 on, where a process can give up
rights for good (Landlock; see `man 7 landlock`). Elsewhere its own process and folder are all there is.
"""

import ctypes
import os
import struct
import sys
from contextlib import suppress

MEMORY = 4 * 2**30  # bytes of address space
FILE = 2**28  # bytes of a file that it writes

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # Landlock's system calls
VERSION, PATH_BENEATH = 1, 1
NO_NEW_PRIVILEGES, SUBREAPER = 38, 36  # options of prctl
WRITE_FILE = 1 << 1
CHANGES = WRITE_FILE | sum(1 << bit for bit in range(4, 13))  # write, remove, make anything
MOVE, TRUNCATE = 1 << 13, 1 << 14  # from version 2, from version 3
TCP = 0b11  # to listen and to connect, from version 4
OTHERS = 0b11  # abstract sockets of others, and signals to them, from version 6


def enter(folder):
    """Give up, for this process and all that it starts, what a learner's code does not need.

    It can write into `folder` only.
    """
    limit(MEMORY, FILE)
    give_up_rights(folder)


def limit(memory, file):
    """Limit the memory of this process and the files that it writes, where the system knows how."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, most in [("AS", memory), ("FSIZE", file), ("CORE", 0)]:
        number = getattr(resource, f"RLIMIT_{kind}")
        hard = resource.getrlimit(number)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):  # macOS does not always take a limit of address space
            resource.setrlimit(number, (most, most))


def give_up_rights(folder):
    """Write from now on only beneath `folder`; reach no network and no process outside, where possible."""
    version = call(CREATE_RULESET, None, 0, VERSION) if sys.platform == "linux" else -1
    if version < 1:
        return
    files = CHANGES | (MOVE if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    rules = struct.pack("=QQQ", files, TCP, OTHERS)[
        : 8 if version < 4 else 16 if version < 6 else 24
    ]
    ruleset = call(CREATE_RULESET, rules, len(rules), 0)
    for path, allowed in [(folder, files), (os.devnull, files & (WRITE_FILE | TRUNCATE))]:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", allowed, beneath), 0)
        os.close(beneath)
    prctl(NO_NEW_PRIVILEGES)
    call(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def call(number, *arguments):
    """Return what a system call of Linux returns; -1 when it fails, as where it is not known."""
    return ctypes.CDLL(None).syscall(ctypes.c_long(number), *map(whole, arguments))


def whole(argument):
    """Return a whole number as wide as system calls take it; other arguments are as they are."""
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def prctl(option):
    """Turn on an option of this process, on Linux."""
    if sys.platform == "linux":
        call_prctl = ctypes.CDLL(None).prctl
        call_prctl(option, *(ctypes.c_ulong(number) for number in (1, 0, 0, 0)))


def adopt_orphans():
    """Become the parent of all processes below this one whose parent ends, on Linux: none gets away."""
    prctl(SUBREAPER)
