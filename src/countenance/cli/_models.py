"""`models`: which models look at photos."""

import click

from countenance.cli._options import Command
from countenance.cli._speaking import answer, wrapped
from countenance.library import ModelCard, catalogue

TASKS = {"detect": "finds faces", "embed": "tells faces apart"}
HASH_DIGITS = 16


@click.command("models", cls=Command)
def models() -> int:
    """Say which models look at photos, where they come from, under which licence, and where they end."""
    cards = catalogue()
    lines: list[str] = []
    for card in cards:
        lines += ["", *_lines(card)] if lines else _lines(card)
    answer(
        {
            "models": [
                {
                    "name": card.name,
                    "version": card.version,
                    "task": card.task,
                    "licence": card.licence,
                    "authors": card.authors,
                    "source": f"{card.source_package} {card.source_version}",
                    "sha256": card.sha256,
                    "trained_on": card.trained_on,
                    "limits": card.limits,
                }
                for card in cards
            ]
        },
        lines,
    )
    return 0


def _lines(card: ModelCard) -> list[str]:
    rows = [
        ("Licence", card.licence),
        ("Made by", card.authors),
        ("Source", f"{card.source_package} {card.source_version}"),
        ("SHA-256", f"{card.sha256[:HASH_DIGITS]}..."),
        ("Trained on", card.trained_on),
        ("Limits", card.limits),
    ]
    return [
        f"{card.name} {card.version}: {TASKS.get(card.task, card.task)}",
        *(wrapped(text, first=f"  {head:<12}", then=" " * 14) for head, text in rows),
    ]
