"""What the demo says while it works: one line for each step, counted up on a terminal, plain in a file."""

import sys
import textwrap
import time
from typing import TextIO

COLUMNS = 80


class Teller:
    """Say how far the work is; `stream` of None says nothing."""

    def __init__(self, stream: TextIO | None) -> None:
        """Take the stream to write to."""
        self._stream = stream
        self._live = stream is not None and stream.isatty()
        self._began = time.monotonic()
        self._step = ""

    @property
    def seconds(self) -> float:
        """The time since it was made."""
        return time.monotonic() - self._began

    def begin(self, step: str) -> None:
        """Begin a step."""
        self._step = step
        if self._live:
            self._write(f"\r{self._line('...')}")

    def count(self, done: int, of: int) -> None:
        """Tell how many of the step's photos are done; on a terminal only, where the line can be written over."""
        if self._live:
            self._write(f"\r{self._line(f'{done} of {of}')}")

    def end(self) -> None:
        """End the step with the time that it ended at."""
        line = self._line(f"{self.seconds:4.0f} s")
        self._write(f"\r{line}\n" if self._live else f"{line}\n")

    def say(self, text: str = "", *, indent: str = "") -> None:
        """Say a paragraph in at most 80 columns."""
        wrapped = textwrap.fill(text, COLUMNS - 1, initial_indent=indent, subsequent_indent=" " * len(indent))
        self._write(f"{wrapped}\n")

    def line(self, text: str) -> None:
        """Say a line as it is, to be copied whole."""
        self._write(f"{text}\n")

    def _line(self, state: str) -> str:
        room = COLUMNS - 1 - len(state)
        return f"{f'  {self._step} '.ljust(room - 1, '.')} {state}"

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()


def terminal() -> Teller:
    """Give a teller that writes to standard output."""
    return Teller(sys.stdout)
