"""The tree that is drawn at the top of `errors` is the tree that there is."""

import importlib
import pkgutil
import re

import countenance
from countenance import errors
from countenance.errors import CountenanceError

BRANCH = re.compile(r"^(?P<trunk>(?:│   |    )*)(?:├── |└── )(?P<name>\w+)")


def test_the_tree_drawn_is_the_tree_there_is() -> None:
    """Each class is drawn once, under its parent; nothing is drawn that is not there."""
    assert _drawn() == {kind.__name__: kind.__bases__[0].__name__ for kind in _below(CountenanceError)}


def test_every_error_is_exported_and_explained() -> None:
    """Each class is in `__all__`, which is sorted, and has a docstring of its own."""
    kinds = _below(CountenanceError)
    assert errors.__all__ == sorted({"CountenanceError", *(kind.__name__ for kind in kinds)})
    assert not [kind.__name__ for kind in kinds if not kind.__dict__.get("__doc__")]


def test_no_error_is_defined_elsewhere() -> None:
    """No room has an error class of ours beside the tree, and none of ours has two parents."""
    for found in pkgutil.walk_packages(countenance.__path__, "countenance."):
        if not found.name.endswith("__main__") and ".migrations" not in found.name:
            importlib.import_module(found.name)
    kinds = _below(CountenanceError)
    assert {kind.__module__ for kind in kinds} == {"countenance.errors"}
    assert not [kind.__name__ for kind in kinds if len(kind.__bases__) > 1]


def test_an_error_says_what_happened_and_what_to_do() -> None:
    """What happened is the text of the error; what to do next stands beside it."""
    error = errors.NoLibrary("there is no library in that folder", remedy="make one with init")
    assert (str(error), error.what, error.remedy) == (
        error.what,
        "there is no library in that folder",
        "make one with init",
    )


def _below(kind: type[CountenanceError]) -> list[type[CountenanceError]]:
    return [found for child in kind.__subclasses__() for found in (child, *_below(child))]


def _drawn() -> dict[str, str]:
    """Read the drawing: each class with its parent; a branch is four columns wide."""
    parents: dict[str, str] = {}
    above = ["CountenanceError"]
    for line in (errors.__doc__ or "").splitlines():
        if branch := BRANCH.match(line):
            depth = len(branch["trunk"]) // 4 + 1
            name = branch["name"]
            assert name not in parents, f"{name} is drawn twice"
            parents[name] = above[depth - 1]
            above[depth:] = [name]
    return parents
