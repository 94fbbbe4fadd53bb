"""Check that references, crops, appearances, decisions and the people of copies are reached by live consent alone.

`stores/_live.py` asks for a live receipt in every statement about those tables. This lint reads the syntax of all
modules and refuses the tables anywhere else: imported, as attributes, looked up by name, reflected, or in SQL text. It
also refuses to write rows past `stores/_rows.py`, which seals them. Whoever may do so is listed here, with the reason.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WALLED: Final = frozenset({"refs", "crops", "appearances", "decisions", "publication_people"})
# Through these all tables can be had.
COLLECTIONS: Final = frozenset({"metadata", "SEALED", "TALLIED"})
WRITERS: Final = frozenset({"insert", "update", "delete"})
SCHEMA: Final = "_schema"
LOOKUPS: Final = frozenset({"getattr", "Table", "table", "import_module", "__import__"})

# Module by module: the names that it may use, and why.
ALLOWED: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "stores/_schema.py": (WALLED | COLLECTIONS, "defines the tables"),
    "stores/_live.py": (WALLED, "is the view by live consent"),
    "stores/_erasing.py": (WALLED, "takes away what belongs to people whose consent has ended"),
    "stores/_ended.py": (WALLED, "tells whose time is up, by ids alone"),
    "stores/_invariants.py": (WALLED, "verifies what nobody may read, and gives none of it"),
    "stores/_verifying.py": (COLLECTIONS, "verifies the seal of every row, and gives none of them"),
    "stores/_founding.py": (frozenset({"TALLIED"}), "begins the tallies of empty tables"),
    "stores/_copying.py": (WALLED | COLLECTIONS | WRITERS, "copies sealed rows as they are, and gives none of them"),
    "stores/_restoring.py": (WALLED, "brings an old copy to what is known since, before anybody reads it"),
    "stores/_rekeying.py": (
        frozenset({"TALLIED", "update"}),
        "wraps every key and seals every row anew, and gives none of them",
    ),
    "stores/_rows.py": (WRITERS, "seals every row that it writes"),
    "stores/_resting.py": (WRITERS, "writes the one row that vouches for itself"),
}
# Migrations make and change tables by their names.
MIGRATIONS: Final = "stores/_migrations/"

_NAMES: Final = "|".join(sorted(WALLED))
TABLE_IN_SQL: Final = re.compile(
    rf"\b(?:from|join|into|update|table|index\s+on)\s+[\"'`\[]?(?:\w+[\"'`\]]?\.[\"'`\[]?)?(?:{_NAMES})\b",
    re.IGNORECASE,
)
WRITING_SQL: Final = re.compile(
    r"^\s*(?:insert\s+(?:or\s+\w+\s+)?into\s|replace\s+into\s|update\s+\S+\s+set\s|delete\s+from\s)", re.IGNORECASE
)
# A placeholder stands for what is put in at run time; after these words it is a table's name.
PLACEHOLDER: Final = "\0"
FORMAT_FIELD: Final = re.compile(r"%\w|%\(\w+\)\w|\{\w*\}")
TABLE_AT_RUN_TIME: Final = re.compile(
    rf"\b(?:select\b.*\bfrom|join|insert\s+into|delete\s+from|update)\s+[\"'`\[]?{PLACEHOLDER}",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """Where the wall is gone round, and how."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the package, or the folder that is given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "package", type=Path, nargs="?", default=Path(__file__).resolve().parent.parent / "src/countenance"
    )
    package: Path = parser.parse_args(arguments).package.resolve()
    violations = sorted(check_package(package))
    for violation in violations:
        print(violation, file=sys.stderr)
    if violations:
        print(
            "SQL about people's faces goes through stores/_live.py, and writing through stores/_rows.py",
            file=sys.stderr,
        )
    return 1 if violations else 0


def check_package(package: Path) -> Iterator[Violation]:
    """Give the violations in all modules of a package."""
    for path in sorted(package.rglob("*.py")):
        yield from check_module(path.relative_to(package).as_posix(), path.read_text(encoding="utf-8"))


def check_module(path: str, source: str) -> Iterator[Violation]:
    """Give the violations in one module; `path` is its place in the package."""
    if path.startswith(MIGRATIONS):
        return
    allowed = ALLOWED.get(path, (frozenset(), ""))[0]
    tree = ast.parse(source)
    docstrings = set(_docstrings(tree))
    schemas = {SCHEMA, *_aliases(tree)}
    for node in ast.walk(tree):
        for what, name in _used(node, schemas):
            if name not in allowed:
                yield Violation(path, getattr(node, "lineno", 0), what)
        if id(node) not in docstrings:
            for what in _in_text(node, allowed):
                yield Violation(path, getattr(node, "lineno", 0), what)


def _used(node: ast.AST, schemas: set[str]) -> Iterator[tuple[str, str]]:
    """Give how a node gets hold of a walled table or a writer, and the name that it needs to be allowed."""
    yield from _imported(node)
    yield from _attributes(node, schemas)
    yield from _looked_up(node)


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.ImportFrom) or node.module is None:
        return
    names = [alias.name for alias in node.names]
    if node.module.split(".")[-1] == SCHEMA:
        yield from ((f"{name} is imported", name) for name in names if name in WALLED | COLLECTIONS | {"*"})
    if node.module.split(".")[0] == "sqlalchemy":
        yield from ((f"{name} is imported: rows are written by _rows", name) for name in names if name in WRITERS)


def _attributes(node: ast.AST, schemas: set[str]) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Attribute(value=value, attr=attr) if _last_name(value) in schemas and attr in WALLED | COLLECTIONS:
            yield f"{attr} is used", attr
        case ast.Attribute(value=value, attr=attr) if _last_name(value) in {"sqlalchemy", "sa"} and attr in WRITERS:
            yield f"{attr} is used: rows are written by _rows", attr
        case ast.Attribute(attr="reflect") | ast.keyword(arg="autoload_with"):
            yield "tables are reflected from the database", "reflect"
        case _:
            return


def _looked_up(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Subscript(value=ast.Attribute(attr="tables"), slice=ast.Constant(value=str(name))) if name in WALLED:
            yield f"{name} is looked up by its name", name
        case ast.Call(func=func, args=args) if _last_name(func) in LOOKUPS:
            texts = [one.value for one in args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            names = [text.split(".")[-1] for text in texts]
            yield from ((f"{name} is looked up by its name", name) for name in names if name in WALLED | {SCHEMA})
        case _:
            return


def _in_text(node: ast.AST, allowed: frozenset[str]) -> Iterator[str]:
    """Give what is wrong with a text that is SQL."""
    text = _text(node)
    if text is None:
        return
    if TABLE_IN_SQL.search(text) and not allowed >= WALLED:
        yield "a walled table stands in SQL text"
    if TABLE_AT_RUN_TIME.search(text) and not allowed >= WALLED:
        yield "SQL text gets a table's name at run time"
    if WRITING_SQL.search(text) and not allowed >= WRITERS:
        yield "SQL text writes rows: rows are written by _rows"


def _text(node: ast.AST) -> str | None:
    """Give a text as far as it can be read, with placeholders for what is put in; None if it is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(map(_text_or_placeholder, values))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            both = _text_or_placeholder(left) + _text_or_placeholder(right)
            return None if both == 2 * PLACEHOLDER else both
        case ast.BinOp(left=template, op=ast.Mod()) | ast.Call(func=ast.Attribute(value=template, attr="format")):
            formatted = _text(template)
            return formatted and FORMAT_FIELD.sub(PLACEHOLDER, formatted)
    return None


def _text_or_placeholder(node: ast.AST) -> str:
    text = _text(node)
    return PLACEHOLDER if text is None else text


def _aliases(tree: ast.Module) -> Iterator[str]:
    """Give the other names under which a module knows the schema."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if alias.name.split(".")[-1] == SCHEMA and alias.asname:
                    yield alias.asname
        elif isinstance(node, ast.Assign) and _last_name(node.value) == SCHEMA:
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id


def _last_name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _docstrings(tree: ast.Module) -> Iterator[int]:
    """Give the identities of the nodes that are docstrings, and so no SQL: a text that stands as a statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


if __name__ == "__main__":
    sys.exit(main())
