"""A key that is changed: the new one waits beside the old one and takes its place; at no moment is there none."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countenance.errors import KeyProblem, KeyWrong, UsageWrong
from countenance.keys import KeyFile, KeyPlace, KeyRing, clear, destroy_key, is_same, key_at, read_key, settle, waiting
from countenance.keys import _file as key_files
from countenance.keys._places import make_key
from ring import MemoryRing, ring_set

POSIX = pytest.mark.skipif(os.name != "posix", reason="links and rights are told on POSIX only")


@pytest.fixture(params=["file", "keyring"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyPlace]:
    """Give each kind of place, with a key in it."""
    with ring_set(MemoryRing()):
        chosen = KeyFile(tmp_path / "library.key") if request.param == "file" else KeyRing("countenance", "a1")
        make_key(chosen)
        yield chosen


def test_a_key_waits_and_takes_the_place(place: KeyPlace) -> None:
    """R22: until it is settled both keys are there; then the new one is in the place, and nothing waits."""
    old, new = read_key(place), make_key(waiting(place))
    assert (read_key(place), read_key(waiting(place))) == (old, new)
    settle(place, new)
    assert read_key(place) == new
    with pytest.raises(KeyProblem):
        read_key(waiting(place))


def test_another_key_takes_no_place(place: KeyPlace) -> None:
    """R22: only the key that the library is under may take the place: another one that waits changes nothing."""
    old, _ = read_key(place), make_key(waiting(place))
    settle(place, bytes(range(32)))
    assert read_key(place) == old


def test_what_is_settled_already_is_no_error(place: KeyPlace) -> None:
    """R22: two processes may finish the same change: the second one finds nothing to do."""
    new = make_key(waiting(place))
    settle(place, new)
    settle(place, new)
    assert read_key(place) == new


def test_a_key_that_is_there_is_used(place: KeyPlace) -> None:
    """A place that holds a key gives it, an empty one gets one."""
    assert key_at(place) == (read_key(place), False)
    destroy_key(place)
    made, is_new = key_at(place)
    assert is_new
    assert read_key(place) == made


def test_an_attempt_cut_off_is_cleared(place: KeyPlace) -> None:
    """R22: what an earlier attempt left beside is taken away, and it is no error if there is nothing."""
    make_key(waiting(place))
    clear(waiting(place))
    clear(waiting(place))
    make_key(waiting(place))


@pytest.mark.parametrize(
    "begun", ["", "# The master key of a Count", "# The master key of a Countenance photo library."]
)
def test_half_a_key_file_is_cleared(tmp_path: Path, begun: str) -> None:
    """R39: a key file that a crash left half-written is ours to take away."""
    (tmp_path / "library.key.new").write_text(begun)
    clear(waiting(KeyFile(tmp_path / "library.key")))
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_somebody_else_stays(tmp_path: Path) -> None:
    """R22: a file that happens to be called so, and is none of ours, stops the change and stays."""
    other = tmp_path / "library.key.new"
    other.write_text("my own notes")
    with pytest.raises(UsageWrong, match="in the way") as caught:
        clear(waiting(KeyFile(tmp_path / "library.key")))
    assert caught.value.remedy
    assert other.read_text() == "my own notes"


def _settle(path: Path) -> None:
    settle(KeyFile(path), read_key(KeyFile(Path(f"{path}.new"))))


def _destroy(path: Path) -> None:
    destroy_key(KeyFile(path))


@pytest.mark.parametrize("deed", [_settle, _destroy])
def test_the_old_bytes_are_overwritten_before_they_are_let_go(
    tmp_path: Path, deed: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R22: the blocks of the old key file hold zeros, pushed to the disk, when the file loses its name."""
    path = tmp_path / "library.key"
    make_key(KeyFile(path))
    make_key(KeyFile(tmp_path / "library.key.new"))
    length = path.stat().st_size
    kept = tmp_path / "same-blocks"
    kept.hardlink_to(path)
    synced: list[int] = []

    def fsync(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)

    monkeypatch.setattr(os, "fsync", fsync)
    deed(path)
    assert kept.read_bytes() == bytes(length)
    assert kept.stat().st_ino in synced
    assert not path.exists() or path.stat().st_ino != kept.stat().st_ino


def test_a_crash_while_a_key_takes_its_place_loses_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R39: after the old bytes are overwritten, and before the name is given, the new key is whole beside it."""
    path = tmp_path / "library.key"
    make_key(KeyFile(path))
    new = make_key(waiting(KeyFile(path)))

    def killed(*_: object) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            settle(KeyFile(path), new)
    with pytest.raises(KeyWrong):
        read_key(KeyFile(path))
    settle(KeyFile(path), read_key(waiting(KeyFile(path))))
    assert read_key(KeyFile(path)) == new


@POSIX
def test_a_link_to_a_key_stays_a_link(tmp_path: Path) -> None:
    """R22: a key that is mounted as a link is changed where it is, and the link goes on leading to it."""
    real, link = tmp_path / "safe" / "library.key", tmp_path / "library.key"
    make_key(KeyFile(real))
    link.symlink_to(real)
    assert is_same(KeyFile(link), KeyFile(real))
    new = make_key(waiting(KeyFile(link)))
    assert (real.parent / "library.key.new").exists()
    settle(KeyFile(link), new)
    assert link.is_symlink()
    assert read_key(KeyFile(link)) == read_key(KeyFile(real)) == new


@POSIX
def test_a_key_that_its_owner_may_only_read_is_destroyed_too(tmp_path: Path) -> None:
    """R22: a key file of mode 0400 is overwritten like any other."""
    path = tmp_path / "library.key"
    make_key(KeyFile(path))
    path.chmod(0o400)
    destroy_key(KeyFile(path))
    assert not path.exists()


def test_a_key_that_cannot_be_destroyed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R40: a disk that refuses is an error with what to do, and the key is where it was."""
    make_key(KeyFile(tmp_path / "library.key"))

    def refuse(_: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(key_files, "_overwrite", refuse)
    with pytest.raises(KeyProblem, match="Read-only") as caught:
        destroy_key(KeyFile(tmp_path / "library.key"))
    assert caught.value.remedy
    assert read_key(KeyFile(tmp_path / "library.key"))
