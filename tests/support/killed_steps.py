"""Killing a process at each of its steps, one after the other.

A child is forked that ends itself with SIGKILL just before its n-th touch of a file below the test's folder; n grows
until the child comes through. So every step is the last one once.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

# What Python tells of files being touched; SQLite's own writes are its own affair (test_store_crash.py).
TOUCHES: Final = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"})
# More steps than any of these takes: a child that never comes through must not keep the test for ever.
MOST_STEPS: Final = 80


def killed_at_each_step(root: Path, deed: Callable[[], None]) -> Iterator[int]:
    """Do a deed in a child that is killed before its first touch of a file, then its second, ... until it is done."""
    for step in range(1, MOST_STEPS):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _die_at(step, str(root))
                deed()
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        if ended != -signal.SIGKILL:
            assert ended == 0
            return
        yield step
    raise AssertionError("the child never came through")


def _die_at(step: int, root: str) -> None:
    left = step

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in TOUCHES and arguments and str(arguments[0]).startswith(root):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
