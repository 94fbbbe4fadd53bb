"""The lint that keeps SQL about people's faces behind the view of live consent: it passes here, and it can fail."""

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

WALLED = ("refs", "crops", "appearances", "decisions", "publication_people")


def _lint(project: Path, package: Path) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, str(project / "tools/lint_sql.py"), str(package)], check=False, capture_output=True, text=True
    )
    return done.returncode, done.stderr


def test_the_package_keeps_to_the_wall(project: Path, package: Path) -> None:
    """R6: references, appearances and publications are reached through live consent alone."""
    status, said = _lint(project, package)
    assert (status, said) == (0, "")


AROUND = {
    "an import": "from countenance.stores._schema import {table}\n",
    "an import among others": "from countenance.stores._schema import photos, {table} as innocent\n",
    "an import in a function": "def look():\n    from countenance.stores._schema import {table}\n    return {table}\n",
    "an attribute": "from countenance.stores import _schema\nfound = _schema.{table}\n",
    "an attribute of a renamed module": "from countenance.stores import _schema as s\nfound = s.{table}\n",
    "a long name": "import countenance.stores._schema\nfound = countenance.stores._schema.{table}\n",
    "a module under another variable": "from countenance.stores import _schema\nt = _schema\nfound = t.{table}\n",
    "getattr": "from countenance.stores import _schema\nfound = getattr(_schema, '{table}')\n",
    "the tables' dictionary": "def look(m):\n    return m.tables['{table}']\n",
    "a table made anew": "from sqlalchemy import table\nfound = table('{table}')\n",
    "text": "statement = 'SELECT * FROM {table}'\n",
    "text of several lines": "statement = '''select count(*)\nfrom\n  {table} r'''\n",
    "quoted text": 'statement = \'SELECT 1 FROM "main"."{table}"\'\n',
    "a join": "statement = 'SELECT 1 FROM people p JOIN {table} r ON r.person = p.id'\n",
    "text put together": "statement = 'SELECT * FROM ' + '{table}'\n",
    "text with values put in": "def look(n):\n    return f'SELECT * FROM {table} WHERE number = {{n}}'\n",
    "deleting": "statement = 'DELETE FROM {table}'\n",
    "inserting": "statement = 'INSERT INTO {table} VALUES (1)'\n",
    "updating": "statement = 'UPDATE {table} SET person = 1'\n",
}
ELSEHOW = {
    "all tables": "from countenance.stores._schema import *\n",
    "all tables by their collection": "from countenance.stores._schema import metadata\n",
    "all sealed tables": "from countenance.stores import _schema\nfor table in _schema.SEALED:\n    print(table)\n",
    "reflection": "def look(m, e):\n    m.reflect(bind=e)\n",
    "reflection of one table": "def look(m, e):\n    return Table(name, m, autoload_with=e)\n",
    "a module by its name": "import importlib\nfound = importlib.import_module('countenance.stores._schema')\n",
    "a table's name at run time": "def look(name):\n    return f'SELECT * FROM {name}'\n",
    "a name added at run time": "def look(name):\n    return 'SELECT * FROM ' + name\n",
    "a name formatted in": "def look(name):\n    return 'SELECT * FROM {}'.format(name)\n",
    "a name formatted in by percent": "def look(name):\n    return 'SELECT * FROM %s' % name\n",
    "writing without seals": "from sqlalchemy import insert\n",
    "deleting without tallies": "import sqlalchemy as sa\n\ndef go(table):\n    return sa.delete(table)\n",
    "writing by text": "statement = 'UPDATE standing SET roll = 7'\n",
}


@pytest.mark.parametrize("table", WALLED)
@pytest.mark.parametrize("way", AROUND.values(), ids=AROUND.keys())
def test_a_way_round_the_wall_is_seen(lint: "Lint", way: str, table: str) -> None:
    """R6: each way to reach a walled table is refused, wherever it stands."""
    assert lint("journeys/search.py", way.format(table=table))
    assert lint("stores/_reading.py", way.format(table=table))


@pytest.mark.parametrize("way", ELSEHOW.values(), ids=ELSEHOW.keys())
def test_a_way_round_by_other_means_is_seen(lint: "Lint", way: str) -> None:
    """Collections of tables, reflection, names at run time and writing past the seals are refused."""
    assert lint("stores/_reading.py", way)


@pytest.mark.parametrize(
    "innocent",
    [
        "from countenance.stores._schema import people, photos\n",
        "def look(erased):\n    return erased.appearances + len(erased.refs)\n",
        '"""Nobody may SELECT * FROM refs here."""\n',
        "def look():\n    '''UPDATE refs SET x = 1 is what we never do.'''\n",
        "names = {'appearances': 3, 'refs': 4}\n",
        "what = 'update Countenance'\n",
        "what = f'{3} appearances were found in {4} photos'\n",
        "statement = 'SELECT wipe_due FROM standing'\n",
        "def look(n):\n    return f'SELECT * FROM photos WHERE id = {n}'\n",
        "def look(n):\n    return f'PRAGMA user_version = {n}'\n",
    ],
)
def test_what_is_innocent_passes(lint: "Lint", innocent: str) -> None:
    """The lint refuses no module that leaves the walled tables alone."""
    assert lint("stores/_reading.py", innocent) == []


def test_each_module_may_do_what_it_is_for_and_no_more(lint: "Lint") -> None:
    """A module on the list may use its own names, and no others."""
    reading = "from countenance.stores._schema import refs\n"
    writing = "from sqlalchemy import delete\n"
    assert lint("stores/_live.py", reading) == []
    assert lint("stores/_live.py", writing)
    assert lint("stores/_rows.py", writing) == []
    assert lint("stores/_rows.py", reading)
    assert lint("stores/_migrations/versions/format_2.py", "op.execute('UPDATE refs SET model = 1')\n") == []
    assert lint("journeys/_live.py", reading)


def test_the_list_of_exceptions_gives_reasons_and_names_modules(lint: "Lint", package: Path) -> None:
    """Every exception stands for a module that is there, and says why."""
    for path, (names, reason) in lint.allowed.items():
        assert (package / path).is_file()
        assert names
        assert len(reason.split()) > 2


def test_violations_are_told_with_their_line(project: Path, tmp_path: Path) -> None:
    """The script fails and says where."""
    (tmp_path / "room").mkdir()
    (tmp_path / "room/wrong.py").write_text("import os\n\nx = 'SELECT 1 FROM crops'\n", encoding="utf-8")
    status, said = _lint(project, tmp_path)
    assert status == 1
    assert said.startswith("room/wrong.py:3: ")


class Lint:
    """The lint as a function."""

    def __init__(self, project: Path) -> None:
        spec = importlib.util.spec_from_file_location("lint_sql", project / "tools/lint_sql.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["lint_sql"] = module
        spec.loader.exec_module(module)
        self._check: Callable[[str, str], Iterator[object]] = module.check_module
        self.allowed: Mapping[str, tuple[frozenset[str], str]] = module.ALLOWED

    def __call__(self, path: str, source: str) -> list[object]:
        """Check one module."""
        return list(self._check(path, source))


@pytest.fixture(scope="module")
def lint(project: Path) -> Lint:
    """Give the lint as a function."""
    return Lint(project)
