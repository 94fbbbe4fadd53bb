"""The commands that let others remember the ledger: what they write, what they say, and when they alarm."""

import base64
import shutil
from pathlib import Path

import pytest

from countenance.ledger import Checkpoint, ConsistencyProof, EntryProof, open_checkpoint
from outside import Council
from terminal import Terminal


@pytest.fixture
def council(school: Terminal) -> Council:
    """Give a council that keeps a folder."""
    return Council(school.folder / "council")


def public_key(school: Terminal) -> bytes:
    """Give the key that everybody may have."""
    school.do("receipts", "Ada Byron", "--to", school.folder / "public")
    return bytes.fromhex((school.folder / "public/library.pub").read_text(encoding="ascii"))


def opened(school: Terminal, note: str) -> Checkpoint:
    """Open a note with the library's public key."""
    return open_checkpoint(note, public_key=public_key(school))


def words(text: str) -> str:
    """Give what was said without its line breaks."""
    return " ".join(text.split())


def fits(text: str) -> bool:
    """Tell whether every line that is no path and no note fits the terminal."""
    return all(len(line) <= 80 for line in text.splitlines() if "/" not in line)


def test_a_checkpoint_is_printed(school: Terminal) -> None:
    """R27: without a place the signed note is on stdout, to the byte, and nothing else."""
    told = school.run("ledger", "checkpoint")
    given = school.do("ledger", "checkpoint")
    assert (told.code, told.out, told.err) == (0, given["checkpoint"], "")
    assert (given["file"], given["ledger_entry"]) == (None, None)
    assert opened(school, told.out).size == len(school.do("ledger", "show")["entries"])
    assert given["public_key"] == public_key(school).hex()
    origin, encoded = told.out.partition("\n")[0], base64.b64encode(b"\1" + public_key(school)).decode("ascii")
    key_id = base64.b64decode(told.out.split()[-1])[:4].hex()
    assert given["verifier_key"] == f"{origin}+{key_id}+{encoded}"


def test_a_checkpoint_is_written(school: Terminal, council: Council) -> None:
    """R27: in a folder of somebody else's, and the answer says where and what for; never within the library's own."""
    told = school.run("ledger", "checkpoint", "--to", council.folder)
    (name,) = council.files()
    assert told.code == 0
    assert f"  {public_key(school).hex()}" in told.out.splitlines()
    assert "compare it once with one that came another way" in words(told.out)
    assert fits(told.out)
    assert str(council.folder / name) in told.out
    assert "can show it if an entry is changed" in words(told.out)
    given = school.do("ledger", "checkpoint", "--to", council.folder / "second.checkpoint")
    assert (council.folder / "second.checkpoint").read_text(encoding="utf-8") == given["checkpoint"]
    named = school.run("ledger", "checkpoint", "--to", council.folder / "third.checkpoint")
    assert (fits(named.out), "in another way than with it" in words(named.out)) == (True, True)
    entries = school.do("ledger", "show")["entries"][:-1]
    assert (entries[-1]["index"], entries[-1]["kind"]) == (given["ledger_entry"], "anchored")
    for inside in (school.library, school.library / "x.checkpoint"):
        refused = school.run("ledger", "checkpoint", "--to", inside)
        assert (refused.code, "remembered by nobody else" in refused.err) == (2, True)
    away = school.run("ledger", "checkpoint", "--to", council.folder / "disk")
    assert (away.code, "disk is no folder" in words(away.err)) == (2, True)
    (key,) = council.folder.glob("*.pub")
    key.write_text("another\n", encoding="ascii")
    alarm = school.run("ledger", "checkpoint", "--to", council.folder)
    assert (alarm.code, "compare it with a printed receipt" in words(alarm.err)) == (21, True)
    taken = school.run("ledger", "checkpoint", "--to", council.folder / "second.checkpoint")
    assert (taken.code, "says something else" in words(taken.err)) == (1, True)


def test_an_entry_is_proved(school: Terminal, tmp_path: Path) -> None:
    """R27: by its number; opened for a person or the controller only if that is asked, and never for two at once."""
    key = public_key(school)
    shown = {}
    for name, options in {"shut": [], "person": ["--for", "Ada Byron"], "controller": ["--open"]}.items():
        told = school.run("ledger", "prove", "1", "--to", tmp_path / name, *options)
        assert (told.code, fits(told.out)) == (0, True)
        proof = EntryProof.from_text((tmp_path / name).read_text(encoding="utf-8"))
        shown[name] = proof.verified(public_key=key)[1]
    assert shown["shut"] is None
    assert shown["person"] is not None
    assert shown["controller"] is not None
    assert ("facts" in shown["person"], "body" in shown["controller"]) == (True, True)
    given = school.do("ledger", "prove", "2", "--to", tmp_path / "json", "--open")
    assert (given["file"], given["entry"], given["shows"]) == (str(tmp_path / "json"), 2, "controller")
    for wrong in ([], ["1", "--since", tmp_path / "shut"], ["1", "--for", "Ada Byron", "--open"], ["400"], ["-1"]):
        assert school.run("ledger", "prove", *wrong, "--to", tmp_path / "wrong").code == 2
    assert not (tmp_path / "wrong").exists()


def test_growth_is_proved(school: Terminal, council: Council) -> None:
    """R27: since a checkpoint, to whoever has it."""
    first = school.do("ledger", "checkpoint", "--to", council.folder / "first.checkpoint")
    school.do("search", school.photo("probes/ada.png", 1), "--reason", "r")
    given = school.do(
        "ledger", "prove", "--since", council.folder / "first.checkpoint", "--to", council.folder / "growth"
    )
    proof = ConsistencyProof.from_text((council.folder / "growth").read_text(encoding="utf-8"))
    earlier = opened(school, first["checkpoint"])
    assert proof.verified(earlier, public_key=public_key(school)).size == given["size"]
    assert (given["since_size"], given["entry"], given["shows"]) == (earlier.size, None, None)
    told = school.run("ledger", "prove", "--since", council.folder / "growth", "--to", council.folder / "again")
    assert f"begins with the {given['size']} entries remembered there" in words(told.out)


def test_the_ledger_is_copied(school: Terminal, council: Council) -> None:
    """R27: whole and sealed; what was copied is a memory of the ledger like any other."""
    given = school.do("ledger", "copy", "--to", council.folder / "copy.jsonl")
    lines = (council.folder / "copy.jsonl").read_text(encoding="utf-8").splitlines()
    assert (len(lines), "Ada" in "".join(lines)) == (given["size"] + 1, False)
    assert fits(school.run("ledger", "copy", "--to", council.folder / "two.jsonl").out)
    verified = school.do("ledger", "verify", "--against", council.folder / "copy.jsonl")
    assert [one["size"] for one in verified["against"]] == [given["size"]]


def test_verifying_says_who_remembers(school: Terminal, council: Council) -> None:
    """R27: plainly that nobody outside does; else when it was written down last."""
    told = school.run("ledger", "verify")
    assert (told.code, fits(told.out)) == (0, True)
    assert "Nobody outside remembers this ledger yet." in words(told.out)
    assert school.do("ledger", "verify")["last_anchor"] is None
    file = school.do("ledger", "checkpoint", "--to", council.folder)["file"]
    told = school.run("ledger", "verify")
    assert "Last remembered outside on" in told.out
    assert f"  {file}" in told.out.splitlines()
    assert school.do("ledger", "verify")["last_anchor"]["file"] == file
    assert "outside" not in school.run("ledger", "verify", "--without-key").out


def test_verifying_against_everything_that_others_keep(school: Terminal, council: Council) -> None:
    """R27: a person's export among it; each is told; a slip is no damage, and a forgery is never passed over."""
    school.do("ledger", "checkpoint", "--to", council.folder / "x.checkpoint")
    school.do("export", "Ada Byron", "--to", school.folder / "given.zip")
    school.do("receipts", "Ben Carter", "--to", school.folder / "receipts")
    everything = ["--against", council.folder / "x.checkpoint", "--against", school.folder / "given.zip"]
    told = school.run("ledger", "verify", *everything, "--against", school.folder / "receipts")
    assert (told.code, fits(told.out)) == (0, True)
    assert f"ok      {council.folder / 'x.checkpoint'}: " in told.out
    assert f"ok      {school.folder / 'given.zip'}: " in told.out
    assert f"ok      {school.folder / 'receipts'}/receipt-" in told.out
    (council.folder / "note").write_text("nothing", encoding="utf-8")
    missing = school.run("ledger", "verify", "--against", council.folder / "note")
    assert (missing.code, "there is no checkpoint of a ledger in" in missing.err) == (2, True)
    assert school.run("ledger", "verify", "--without-key", *everything).code == 2
    note = (council.folder / "x.checkpoint").read_text(encoding="utf-8")
    (council.folder / "x.checkpoint").write_text(note[:-6] + "AAAA=\n", encoding="utf-8")
    forged = school.run("ledger", "verify", "--against", council.folder / "x.checkpoint")
    assert (forged.code, "the checkpoint does not hold" in words(forged.err)) == (21, True)


def test_two_views_are_found_out(school: Terminal, council: Council) -> None:
    """R27: two copies of one library go apart, each shown to somebody; each fails on what the other one remembers."""
    shutil.copytree(school.library, school.folder / "second")
    shutil.copytree(school.folder / "home/data/countenance/mirrors", school.folder / "mirrors")
    views = {
        "first": ["--library", school.library],
        "second": ["--library", school.folder / "second", "--mirror", school.folder / "mirrors"],
    }
    for name, view in views.items():
        school.do("search", school.photo(f"probes/{name}.png", 1), "--reason", name, *view)
        school.do("ledger", "checkpoint", "--to", council.folder / f"{name}.checkpoint", *view)
    school.do("export", "Ada Byron", "--to", school.folder / "ada", *views["second"])
    shown = {
        "first": [council.folder / "second.checkpoint", school.folder / "ada"],
        "second": [council.folder / "first.checkpoint"],
    }
    for name, others in shown.items():
        assert school.do("ledger", "verify", "--against", council.folder / f"{name}.checkpoint", *views[name])["ok"]
        told = school.run("ledger", "verify", *(word for one in others for word in ("--against", one)), *views[name])
        assert (told.code, fits(told.out)) == (21, True)
        assert "The ledger does NOT verify: it does not begin with what others remember" in words(told.out)
        assert "put an older state of the library in its place. Change nothing" in words(told.out)
        assert "restore a backup" not in words(told.out)  # it would lose more, and the library is whole by itself
        assert words(told.out).count("NOT OK") >= len(others)
        assert "of this ledger are not those" in words(told.out)
        check = school.run("ledger", "anchor", "check", "--json", *views[name])
        assert (check.code, [one["ok"] for one in check.json["anchors"]]) == (21, [True, False])


def test_anchors_are_checked(school: Terminal, council: Council) -> None:
    """R27: none at all is told plainly; all in place; one that is missing or changed: exit 21, by name and why."""
    told = school.run("ledger", "anchor", "check")
    assert (told.code, fits(told.out)) == (0, True)
    assert "Nobody outside remembers this ledger yet." in words(told.out)
    first, second = (Path(school.do("ledger", "checkpoint", "--to", council.folder)["file"]) for _ in range(2))
    told = school.run("ledger", "anchor", "check")
    assert (told.code, fits(told.out)) == (0, True)
    assert "2 anchors: the ledger is as all of them remember it." in words(told.out)
    second.unlink()
    told = school.run("ledger", "anchor", "check")
    assert (told.code, fits(told.out)) == (21, True)
    assert f"NOT OK  {second}" in told.out.splitlines()
    assert f"ok      {first}" in told.out.splitlines()
    assert "1 of 2 anchors does NOT hold." in words(told.out)
    moved = Council(school.folder / "moved")
    first.rename(moved.folder / first.name)
    given = school.run("ledger", "anchor", "check", "--at", moved.folder, "--json").json
    assert [(one["file"], one["ok"]) for one in given["anchors"]] == [
        (str(moved.folder / first.name), True),
        (str(second), False),
    ]
    assert school.run("ledger", "anchor", "check", "--at", moved.folder / "none").code == 2


def test_a_time_stamp_goes_out_and_comes_back(school: Terminal, council: Council) -> None:
    """R27: the request is made, carried away, answered, taken in and checked; nothing is sent anywhere."""
    file = Path(school.do("ledger", "checkpoint", "--to", council.folder)["file"])
    told = school.run("ledger", "anchor", "request")
    request = file.with_name(f"{file.name}.tsq")
    assert (told.code, fits(told.out)) == (0, True)
    assert f"  {request}" in told.out.splitlines()
    assert "Carry them to a time-stamping authority" in words(told.out)
    assert school.do("ledger", "anchor", "check")["requests"] == [str(request)]
    answer = council.answer(request)
    assert "anchor add" in words(school.run("ledger", "anchor", "check").out)
    other = Council(school.folder / "other")
    refused = school.run("ledger", "anchor", "add", answer, "--authority", other.certificate)
    assert (refused.code, "not signed by an authority" in words(refused.err)) == (21, True)
    assert school.run("ledger", "anchor", "add", answer).code == 2
    told = school.run("ledger", "anchor", "add", answer, "--authority", council.certificate)
    assert told.code == 0
    assert "stamped on 2026-05-04 12:00 by CN=Example Stamps" in words(told.out)
    given = school.do("ledger", "anchor", "check", "--authority", council.certificate)
    assert [(one["kind"], one["stamped_at"]) for one in given["anchors"]] == [
        ("checkpoint", None),
        ("time-stamp", "2026-05-04T12:00:00Z"),
    ]
    assert (given["requests"], given["answers"]) == ([], [])
    assert "verify it anew with --authority" in words(school.run("ledger", "anchor", "check").out)
    assert school.run("ledger", "anchor", "request").out.startswith("There is nothing to be stamped")
    file.unlink()
    missing = school.run("ledger", "anchor", "request", "--json")
    assert (missing.code, missing.json["missing"]) == (21, [str(file)])


def test_a_restored_backup_does_not_hide_what_is_lost(school: Terminal, council: Council) -> None:
    """R27: checkpoints from before the backup hold in the restored library; one from after it says how much is lost."""
    before = Path(school.do("ledger", "checkpoint", "--to", council.folder)["file"])
    backup = school.do("backup", school.folder / "backups")
    school.do("search", school.photo("probes/ada.png", 1), "--reason", "r")
    after = Path(school.do("ledger", "checkpoint", "--to", council.folder)["file"])
    school.do("restore", backup["backup"], "--to", school.folder / "restored")
    restored = ["--library", school.folder / "restored"]
    told = school.run("ledger", "anchor", "check", *restored)
    assert (told.code, fits(told.out)) == (21, True)
    assert f"ok      {before}" in told.out.splitlines()
    assert f"NOT OK  {after}" in told.out.splitlines()
    kept = backup["ledger_size"]
    lost = int(after.stem.split("-")[2]) - kept
    assert f"no more than the first {kept} of them were kept, so {lost} entries or more are lost" in words(told.out)
    compared = school.run("ledger", "verify", "--against", before, "--against", after, *restored, "--json")
    assert (compared.code, [one["ok"] for one in compared.json["against"]]) == (21, [True, False])
    refused = school.run("ledger", "prove", "--since", before, "--to", council.folder / "growth", *restored)
    assert (refused.code, "nothing can be proved from one to the other" in words(refused.err)) == (2, True)
    anew = Path(school.do("ledger", "checkpoint", "--to", council.folder, *restored)["file"])
    assert int(before.name.split("-")[1]) == 1 < int(anew.name.split("-")[1])
    away = Council(council.folder / "lost-with-the-backup")
    after.rename(away.folder / after.name)
    assert school.do("ledger", "anchor", "check", *restored)["ok"]
