"""Say which files are meant: only files and folders of this machine, never an address to fetch from."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from countenance.errors import PhotoMissing, UsageWrong
from countenance.photos._formats import EXTENSIONS

# `scheme://`, with any scheme of RFC 3986; and without the slashes those that programs take for addresses anyway.
# Other colons are left alone: they stand in file names ("12:30.jpg") and after Windows drive letters.
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.\-]*://|(?:about|blob|data|file|ftps?|gopher|https?|javascript|s3|sftp|smb|ssh|view-source|wss?):",
    re.IGNORECASE,
)
# What programs that do fetch drop before they read an address (URL Standard, "remove all ASCII tab or newline").
_DROPPED = re.compile(r"[\x00-\x20]+")


def local_path(text: str) -> Path:
    """Give the absolute path of a file or folder of this machine; a link in it stays a link.

    Raises:
        UsageWrong: an address, which is never fetched from, or nothing that can be a path.
    """
    if _ADDRESS.match(_DROPPED.sub("", text)):
        raise UsageWrong(
            "that is an address, and nothing is ever fetched from anywhere",
            remedy="give a file or folder of this machine (a file that is really called so: put ./ before its name)",
        )
    if not text or "\0" in text:
        raise UsageWrong("that is not a path", remedy="give a file or folder of this machine")
    path = Path(text).absolute()
    # What `..` after a link means is known only to the disk.
    return Path(os.path.realpath(path)) if ".." in path.parts else path


def find_photos(places: Sequence[Path]) -> Iterator[Path]:
    """Give the photos that are meant: files as named, and below folders whatever has an extension that is opened.

    Each folder in order of names; each file once, also when a link or another place leads to it again. Below a folder,
    names that begin with a dot are passed over, and links to folders are not followed. A file that is named directly
    is given whatever it is called. A folder that cannot be looked into is given itself: opening it says why.

    Raises:
        PhotoMissing: nothing is at one of the places.
    """
    for place in places:
        if not os.path.lexists(place):
            raise PhotoMissing(f"there is nothing at {place}", remedy="check the path")
    return _walk(places)


def _walk(places: Sequence[Path]) -> Iterator[Path]:
    seen: set[str] = set()
    for place in places:
        # Depth first, without recursion: a path can have more parts than Python has room for calls.
        waiting = [place]
        while waiting:
            path = waiting.pop()
            try:
                if path.is_dir() and (path is place or not path.is_symlink()):
                    waiting += sorted(_photos_and_folders(path), reverse=True)
                    continue
            except OSError:
                pass  # it is given as it is, and what is wrong with it comes out when it is opened
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                yield path


def _photos_and_folders(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = folder / entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False) or (path.suffix.lower() in EXTENSIONS and not path.is_dir()):
                yield path
