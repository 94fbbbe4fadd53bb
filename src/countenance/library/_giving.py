"""Writing documents and policies to new files, in the form that the name asks for; nothing is ever written over."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from countenance.consent import policy_to_toml
from countenance.errors import UsageWrong
from countenance.library._documents import Document, document_html, document_markdown, document_object
from countenance.library._policy_page import policy_page
from countenance.ports import PolicyVersion

DOCUMENT_FORMS: Final[Mapping[str, Callable[[Document], str]]] = MappingProxyType(
    {
        ".html": document_html,
        ".md": document_markdown,
        ".json": lambda document: json.dumps(document_object(document), indent=2, ensure_ascii=False) + "\n",
    }
)


def give_document(document: Document, to: Path) -> None:
    """Write a document to a new file as HTML, Markdown or JSON.

    Raises:
        UsageWrong: the file's name ends in something else, it is there already, or cannot be written.
    """
    form = DOCUMENT_FORMS.get(to.suffix.lower())
    if form is None:
        raise _unknown_ending(to, DOCUMENT_FORMS)
    write_new(to, form(document))


def give_policy(version: PolicyVersion, to: Path, *, language: str | None = None) -> None:
    """Write a policy to a new file: as TOML to be edited, or as a page in HTML or Markdown.

    Raises:
        UsageWrong: as for a document, or the page is not to be had in the language.
    """
    match to.suffix.lower():
        case ".toml":
            write_new(to, policy_to_toml(version.policy))
        case ".html" | ".md":
            give_document(policy_page(version, language), to)
        case _:
            raise _unknown_ending(to, (".toml", ".html", ".md"))


def write_new(to: Path, text: str) -> None:
    """Write a text to a new file, in UTF-8; a file that is there already stays as it is.

    Raises:
        UsageWrong: it is there already, or cannot be written; nothing half-written is left.
    """
    try:
        with to.open("x", encoding="utf-8", newline="\n") as file:
            try:
                file.write(text)
                file.flush()
            except OSError:
                to.unlink(missing_ok=True)
                raise
    except FileExistsError as problem:
        raise UsageWrong(f"{to} is there already", remedy="give a new file, or move that one away") from problem
    except OSError as problem:
        raise UsageWrong(
            f"{to} cannot be written: {problem.strerror or 'the disk refuses'}",
            remedy="give a file in a folder that is there and may be written to",
        ) from problem


def _unknown_ending(to: Path, endings: Iterable[str]) -> UsageWrong:
    return UsageWrong(
        f"{to.name} does not say in its ending what to write", remedy=f"give a file that ends in {' or '.join(endings)}"
    )
