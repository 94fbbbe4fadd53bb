"""The folders are the architecture: names, sizes, and what may stand at the top of a file."""

import ast
from collections.abc import Mapping
from pathlib import Path

LONGEST_FILE_LINES = 500
ROOMS_THAT_SAY_NOTHING = {
    "utils",
    "util",
    "core",
    "common",
    "helpers",
    "helper",
    "services",
    "misc",
    "managers",
    "models",
}
# Here a module's name is itself the word by which it is known: a command, a journey.
OPEN_ROOMS = {"cli", "web", "demo", "journeys"}


def test_no_code_file_is_long(code: Mapping[str, str]) -> None:
    """No file of code has more than 500 lines."""
    long = {name: lines for name, text in code.items() if (lines := len(text.splitlines())) > LONGEST_FILE_LINES}
    assert not long
    assert len(code) > 20, "the files were not found"


def test_no_room_or_module_has_a_name_that_says_nothing(syntax: Mapping[Path, ast.Module]) -> None:
    """There is no utils, core, common, helpers, services or models.py (but there is a command called `models`)."""
    empty = [
        path
        for path in syntax
        for part in (*path.parts[:-1], path.stem)
        if part.strip("_") in ROOMS_THAT_SAY_NOTHING
        and not (path.parts[0] == "cli" and path.stem.strip("_") == "models")
    ]
    assert not empty


def test_modules_inside_rooms_are_private(syntax: Mapping[Path, ast.Module], rooms: tuple[str, ...]) -> None:
    """What a room offers it offers in its `__init__`; the modules inside carry an underscore."""
    bare = [
        path
        for path in syntax
        if len(path.parts) > 1
        and path.parts[0] in set(rooms) - OPEN_ROOMS
        and not any(part.startswith("_") for part in path.parts[1:])
    ]
    assert not bare


def test_every_room_is_a_package_with_a_docstring(package: Path, syntax: Mapping[Path, ast.Module]) -> None:
    """Every folder that holds code is a package, and its docstring says what it is for and what it leaves to others."""
    folders = {path.parent for path in syntax}
    missing = [folder for folder in folders if not (package / folder / "__init__.py").is_file()]
    silent = [path for path, module in syntax.items() if not ast.get_docstring(module)]
    assert not missing
    assert not silent


def test_nothing_happens_at_the_top_of_a_module(syntax: Mapping[Path, ast.Module]) -> None:
    """A module only imports, defines and names at its top: importing it registers, opens and switches nothing."""
    busy = [
        f"{path}:{statement.lineno}"
        for path, module in syntax.items()
        if path.name != "env.py"  # Alembic runs this file instead of importing it
        for statement in module.body
        if not _only_says(statement)
    ]
    assert not busy


def _only_says(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)  # a docstring
    if isinstance(statement, ast.If):
        asked = ast.unparse(statement.test)
        return asked in {"TYPE_CHECKING", "__name__ == '__main__'"} or asked.startswith("sys.platform")
    said = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign
    return isinstance(
        statement, said | ast.AnnAssign | ast.TypeAlias if hasattr(ast, "TypeAlias") else said | ast.AnnAssign
    )


def test_no_assert_guards_the_package(syntax: Mapping[Path, ast.Module]) -> None:
    """No `assert` stands in the package: it is gone under -O, so nothing may rest on it."""
    found = [
        f"{path}:{node.lineno}"
        for path, module in syntax.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Assert)
    ]
    assert not found


def test_the_environment_is_read_at_the_doors(syntax: Mapping[Path, ast.Module]) -> None:
    """Only the settings, the doors and the room where keys come from read environment variables."""
    readers = {"settings.py", "cli", "web", "demo", "keys", "__main__.py"}
    found = [
        f"{path}:{node.lineno}"
        for path, module in syntax.items()
        if path.parts[0] not in readers
        for node in ast.walk(module)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"})
        or (isinstance(node, ast.alias) and node.name in {"environ", "getenv", "environb"})
    ]
    assert not found
