"""Check the documentation: links lead somewhere, pages can be reached, and the list of proved requirements is current.

`--write` brings docs/reference/requirements.md up to date: each requirement with the tests that name its number.
"""

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

SKIPPED: Final = {"node_modules", "demo-output", "dist"}
STARTS: Final = ("README.md", "docs/README.md", "docs/index.md")
PROVED: Final = "docs/reference/requirements.md"
FENCE: Final = re.compile(r"^(?P<fence>```+|~~~+).*?^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
CODE_SPAN: Final = re.compile(r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)")
LINK: Final = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?(?P<to>[^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE: Final = re.compile(r"^\[[^\]]+\]:\s+<?(?P<to>[^\s>]+)>?", re.MULTILINE)
HEADING: Final = re.compile(r"^#{1,6}\s+(?P<title>.+?)\s*#*\s*$", re.MULTILINE)
ABSOLUTE: Final = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
NUMBER: Final = re.compile(r"\bR\d+\b")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the documentation, or write the list of proved requirements first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--write", action="store_true", help=f"bring {PROVED} up to date")
    options = parser.parse_args(arguments)
    root: Path = options.root.resolve()

    titles = requirement_titles(root)
    proofs = requirement_proofs(root)
    page = requirements_page(titles, proofs)
    if options.write:
        (root / PROVED).parent.mkdir(parents=True, exist_ok=True)
        (root / PROVED).write_text(page, encoding="utf-8")

    pages = markdown_pages(root)
    problems = [*link_problems(root, pages), *unreachable(root, pages), *unknown_numbers(titles, proofs)]
    if not (root / PROVED).is_file() or (root / PROVED).read_text(encoding="utf-8") != page:
        problems.append(f"{PROVED}: is not current: .venv/bin/python tools/check_docs.py --write")
    for problem in problems:
        print(problem)
    if not problems:
        proved = sum(number in proofs for group in titles.values() for number in group)
        print(f"{len(pages)} pages, all links lead somewhere; {proved} requirements are named by tests")
    return 1 if problems else 0


# --- Pages and links --------------------------------------------------------------------------------------------------


def markdown_pages(root: Path) -> dict[Path, str]:
    """Give the project's Markdown pages without their code, by path."""
    pages: dict[Path, str] = {}
    for path in sorted(root.rglob("*.md")):
        inside = path.relative_to(root).parts
        if not any(part.startswith(".") or part in SKIPPED for part in inside[:-1]):
            pages[path] = FENCE.sub("", path.read_text(encoding="utf-8"))
    return pages


def targets(page: str) -> Iterator[str]:
    """Give where the links of a page lead, addresses of the web left out."""
    prose = CODE_SPAN.sub("", page)
    for found in (*LINK.finditer(prose), *REFERENCE.finditer(prose)):
        if not ABSOLUTE.match(found["to"]):
            yield found["to"]


def anchors(page: str) -> set[str]:
    """Give the names under which the headings of a page can be linked to (GitHub's rule)."""
    names: set[str] = set()
    counts: dict[str, int] = {}
    for heading in HEADING.finditer(page):
        title = LINK.sub(lambda link: link[0].partition("]")[0].lstrip("!["), heading["title"])
        name = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        names.add(f"{name}-{counts[name]}" if counts.get(name) else name)
        counts[name] = counts.get(name, 0) + 1
    return names


def link_problems(root: Path, pages: Mapping[Path, str]) -> list[str]:
    """Give the links that lead nowhere, or out of the project."""
    problems: list[str] = []
    for path, page in pages.items():
        for to in targets(page):
            file, _, anchor = to.partition("#")
            target = (path.parent / file).resolve() if file else path
            where = f"{path.relative_to(root)}: {to}"
            if not target.is_relative_to(root):
                problems.append(f"{where} leads out of the project")
            elif not target.exists():
                problems.append(f"{where} leads nowhere")
            elif anchor and target in pages and anchor not in anchors(pages[target]):
                problems.append(f"{where}: there is no such heading")
    return problems


def unreachable(root: Path, pages: Mapping[Path, str]) -> list[str]:
    """Give the pages of docs/ that no way of links from the README or the index leads to."""
    ways = [root / start for start in STARTS if root / start in pages]
    reached: set[Path] = set()
    while ways:
        path = ways.pop()
        if path in reached:
            continue
        reached.add(path)
        for to in targets(pages[path]):
            target = (path.parent / to.partition("#")[0]).resolve()
            ways += [page for page in (target, target / "README.md") if page in pages]
    lost = [path for path in pages if path.is_relative_to(root / "docs") and path not in reached]
    return [f"{path.relative_to(root)}: no link leads here from README.md or docs/README.md" for path in lost]


# --- Requirements and their tests -------------------------------------------------------------------------------------


def requirement_titles(root: Path) -> dict[str, dict[str, str]]:
    """Give the requirements: number to title, by group."""
    return tomllib.loads((root / "tools/requirements.toml").read_text(encoding="utf-8"))


def requirement_proofs(root: Path) -> dict[str, list[tuple[str, str]]]:
    """Give, for each requirement number, the tests that name it: file and test."""
    proofs: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((root / "tests").rglob("*.py")):
        file = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for number in sorted(set(NUMBER.findall(ast.get_docstring(node) or ""))):
                    proofs.setdefault(number, []).append((file, node.name))
    return proofs


def unknown_numbers(
    titles: Mapping[str, Mapping[str, str]], proofs: Mapping[str, Sequence[tuple[str, str]]]
) -> list[str]:
    """Give the tests that name a requirement that there is not."""
    known = {number for group in titles.values() for number in group}
    return [
        f"{file}: {test} names {number}, which is no requirement"
        for number, tests in proofs.items()
        if number not in known
        for file, test in tests
    ]


def requirements_page(titles: Mapping[str, Mapping[str, str]], proofs: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Give the page that says which tests prove which requirement."""
    lines = [
        "# What is promised, and what proves it",
        "",
        "Each requirement with the tests that name its number; `./run test -k R12` runs those of one. A requirement",
        "without a test is not met yet. This page is written by `tools/check_docs.py --write`.",
    ]
    for group, numbers in titles.items():
        lines += ["", f"## {group}", ""]
        for number, title in numbers.items():
            lines.append(f"- **{number}** {title}")
            lines += [f"  - [`{test}`](../../{file})" for file, test in sorted(proofs.get(number, []))] or [
                "  - no test yet"
            ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
