"""What each room offers is written down, sorted, and counted."""

import importlib
from collections.abc import Iterable
from types import ModuleType

import pytest

# The whole of what a user of the library needs to know; a larger number is a decision, not an accident.
MOST_PUBLIC_NAMES = 24
DOORS = {"cli", "web", "demo"}


def test_every_room_lists_exactly_what_it_binds(rooms: tuple[str, ...]) -> None:
    """A room's `__all__` is sorted (constants, classes, functions) and equals the public names its `__init__` binds."""
    wrong: dict[str, object] = {}
    for room in rooms:
        module = importlib.import_module(f"countenance.{room}")
        listed = getattr(module, "__all__", None)
        if listed is None or list(listed) != _sorted(listed):
            wrong[room] = "no sorted __all__"
        elif set(listed) != (bound := _bound(module)):
            wrong[room] = sorted(set(listed) ^ bound)
    assert not wrong
    assert len(rooms) >= 5, "the rooms were not found"


def test_the_package_has_a_small_surface() -> None:
    """The top of the package lists its names sorted; each is there, none else is, and they are few."""
    countenance = importlib.import_module("countenance")
    listed = list(countenance.__all__)
    assert listed == _sorted(listed)
    assert _bound(countenance) <= set(listed)
    assert all(getattr(countenance, name, None) is not None for name in listed)
    assert 0 < len(listed) <= MOST_PUBLIC_NAMES


@pytest.mark.parametrize("name", ["errors", "ports", "settings"])
def test_single_files_beside_the_rooms_say_what_they_are(name: str) -> None:
    """The modules that are rooms by themselves have a docstring, and an `__all__`, if any, that is sorted and true."""
    module = importlib.import_module(f"countenance.{name}")
    listed = getattr(module, "__all__", [])
    assert module.__doc__
    assert list(listed) == _sorted(listed)
    assert all(hasattr(module, entry) for entry in listed)


def _sorted(names: Iterable[str]) -> list[str]:
    """Give names without repetition, in the order that the linter keeps: constants, then classes, then the rest."""
    return sorted(set(names), key=lambda name: (not name.isupper(), not name[0].isupper(), name))


def _bound(module: ModuleType) -> set[str]:
    """Give the public names of a module, its own submodules left out (they are bound by being imported)."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not (isinstance(value, ModuleType) and value.__name__.startswith(f"{module.__name__}."))
    }
