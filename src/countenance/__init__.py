"""Consent-first face search for photo libraries: it finds the people who asked to be found, and nobody else.

    from pathlib import Path
    from countenance import Library

    with Library.open(Path("school")) as library:
        answers = library.search(Path("probe.jpg"), reason="the family asked for her photos")

The names below are loaded when they are first used; importing the package loads nothing else. Errors are in
`countenance.errors`. What type checkers see of this file is in `__init__.pyi`.
"""

from importlib import import_module as _import_module

__all__ = [
    "CountenanceError",
    "EnrolmentForm",
    "Library",
    "Order",
    "Policy",
    "Purpose",
    "ReasonClass",
    "Settings",
    "State",
    "Step",
    "Style",
]

_ROOMS = {
    "CountenanceError": "errors",
    "EnrolmentForm": "library",
    "Library": "library",
    "Order": "library",
    "Policy": "consent",
    "Purpose": "consent",
    "ReasonClass": "ledger",
    "Settings": "settings",
    "State": "consent",
    "Step": "ports",
    "Style": "library",
}


def __getattr__(name: str) -> object:
    """Load a public name from its room when it is first used (PEP 562)."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
