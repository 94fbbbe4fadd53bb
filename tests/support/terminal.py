"""A terminal to type at: the command line in this process, and photos and forms to name in commands."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from countenance.cli import door
from countenance.faces import Box
from countenance.library import Library
from countenance.vision import StubVision

ALL_PURPOSES = ("find-me", "be-found", "be-shown")


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  (whatever the command's shape is)
        """The JSON on stdout, which must be the whole of it."""
        return json.loads(self.out)


@dataclass(slots=True)
class Terminal:
    """Somebody's terminal, in a folder with photos and forms."""

    folder: Path
    _forms: "count[int]" = field(default_factory=count)

    def run(self, *words: object, typed: str | bytes = "", **variables: str) -> Told:
        """Type a command, and something on its stdin."""
        result = CliRunner().invoke(door, [str(word) for word in words], input=typed, env=variables)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Told(result.exit_code, result.stdout, result.stderr)

    def do(self, *words: object, typed: str | bytes = "", **variables: str) -> Any:  # noqa: ANN401  (whatever the command's shape is)
        """Type a command with --json, which must be done without an error; gives its result."""
        told = self.run(*words, "--json", typed=typed, **variables)
        assert told.code == 0, told.err
        return told.json

    def photo(self, name: str, *identities: int, side: int = 96) -> Path:
        """Draw a photo of these people, from left to right."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        patches = [(Box(20 + place * (side + 24), 30, side, side), one) for place, one in enumerate(identities)]
        wide = 40 + max(1, len(patches)) * (side + 24)
        # The height tells photos of the same people apart: equal bytes would be the same photo.
        pixels = StubVision.draw((wide, side + 60 + len(list(path.parent.iterdir()))), patches)
        Image.fromarray(pixels).save(path)
        return path

    def form(self) -> Path:
        """Scan a signed form, unlike any other."""
        path = self.folder / f"form-{next(self._forms)}.pdf"
        path.write_bytes(b"%PDF-1.4\n" + path.name.encode() + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        return path

    def make(self, *options: str) -> None:
        """Make the library that commands are about."""
        done = self.run(
            "init", self.library, "--controller", "Hollybank School", "--contact", "office@hollybank.example", *options
        )
        assert done.code == 0, done.err

    def enrol(
        self, name: str, *identities: int, purposes: Sequence[str] = ALL_PURPOSES, more: Sequence[str] = ()
    ) -> Any:  # noqa: ANN401
        """Enrol somebody with a portrait for each identity (none: no face data)."""
        portraits = [self.photo(f"portraits/{name}-{identity}.png", identity, side=160) for identity in identities]
        faces = [word for portrait in portraits for word in ("--photo", portrait)] or ["--no-face"]
        allowed = [word for purpose in purposes for word in ("--purpose", purpose)]
        return self.do("enrol", name, *faces, *allowed, "--release", self.form(), *more)

    def enrol_twin(self, name: str, identity: int) -> Any:  # noqa: ANN401  (the same)
        """Enrol somebody whose face is enrolled already, and let a second steward approve it."""
        given = self.enrol(name, identity)
        assert given["held"], "nobody has that face yet"
        portrait = self.photo(f"portraits/{name}-again.png", identity, side=160)
        self.do("approve", given["person"], "--photo", portrait, "--account", "b.lee")
        return given

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Let the commands typed meanwhile tell this time."""
        opened = Library.open.__func__  # type: ignore[attr-defined]  # a classmethod
        with pytest.MonkeyPatch.context() as patch:
            at_it = {"clock": lambda: moment}
            patch.setattr(Library, "open", classmethod(lambda cls, *given, **by: opened(cls, *given, **at_it, **by)))
            yield

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.folder / "library"
