"""Pages of ours, as a browser reads them."""

from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    """An HTML page as a browser reads it: its tags with their attributes, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See that tags are closed in order."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep what is to be read."""
        if not self.open or self.open[-1] != "style":
            self.text += data

    @property
    def words(self) -> str:
        """The text with blanks of one kind."""
        return " ".join(self.text.split())
