"""tools/verify_ledger.py: alone, with nothing of ours, it says how copies, proofs and checkpoints stand."""

import ast
import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from countenance.ledger import (
    Checkpoint,
    CopyHead,
    EntryKind,
    EntryProof,
    SealedEntry,
    controller_part_key,
    origin_of,
    person_part_key,
    sign_checkpoint,
    write_copy,
)
from grown_ledger import ANNA, AUDIT_KEYS, CONTROLLER_KEY, LIBRARY, PUBLIC_KEY, GrownLedger, deed, sealed
from ledger_page import PAGE, PROJECT, VERIFIER, golden, golden_bytes, golden_lines, ledger_verifier
from receipt_example import second

SIZE = 11
KEY = ("--key", PUBLIC_KEY.hex())
GOLDEN_KEY = ("--key", golden("public key"))


@cache
def ledger() -> GrownLedger:
    """Give a ledger of eleven entries, that of the first version on the page among them."""
    rows = [sealed(deed(number)) for number in range(SIZE - 1)]
    return GrownLedger.of([*rows, SealedEntry(golden_bytes("first version's salt"), golden_bytes("first version's p"))])


@cache
def other() -> GrownLedger:
    """Give a ledger of the same library that was shown to somebody else: it has another fifth entry."""
    return GrownLedger.of([*ledger().rows[:4], sealed(deed(99)), *ledger().rows[5:]])


def personal(place: int, *, of: GrownLedger | None = None) -> str:
    """Give the proof of an entry with which Anna reads her part of it."""
    held = of or ledger()
    return held.entry_proof(
        place, part_key=person_part_key(held.rows[place], AUDIT_KEYS[ANNA], library=LIBRARY)
    ).to_text()


class Said:
    """What the verifier answered: its exit code, and what it said where."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        # What is said fits a terminal, moves no cursor, and is no traceback.
        assert all(len(line) <= 80 and line.isprintable() for line in (out + err).splitlines())
        assert "Traceback" not in err

    @property
    def told(self) -> str:
        """Give all of it in one line."""
        return " ".join((self.out + self.err).split())


class Desk:
    """A folder of somebody outside, with the files that the library gave them, and the verifier."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, spoken: pytest.CaptureFixture[str]) -> None:
        self._folder, self._patch, self._spoken = folder, patch, spoken

    def file(self, name: str, content: str | bytes | Iterable[str]) -> str:
        """Put a file there, and give its path."""
        text = content if isinstance(content, bytes | str) else "".join(content)
        (self._folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return str(self._folder / name)

    def run(self, *words: str) -> Said:
        """Run the verifier in this process."""
        self._patch.setattr("sys.argv", ["verify_ledger.py", *words])
        try:
            code = ledger_verifier().main()
        except SystemExit as ended:  # argparse ends so when it is asked wrongly
            code = ended.code
        heard = self._spoken.readouterr()
        return Said(code, heard.out, heard.err)

    def alone(self, *words: str) -> Said:
        """Run it in a Python of its own in which nothing of ours can be imported."""
        start = (
            "import runpy, sys; sys.modules['countenance'] = None; "
            f"sys.argv = sys.argv[1:]; runpy.run_path({str(VERIFIER)!r}, run_name='__main__')"
        )
        command = [sys.executable, "-I", "-c", start, "verify_ledger.py", *words]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)  # noqa: S603
        return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Give an empty desk."""
    return Desk(tmp_path, monkeypatch, capsys)


def test_it_imports_nothing_of_ours() -> None:
    """R25: only the standard library and `cryptography` are imported, in one file that can be read in one go."""
    source = VERIFIER.read_text(encoding="utf-8")
    tree = ast.parse(source)
    names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}
    assert source.count("\n") < 500


def test_alone_it_says_what_holds_and_what_does_not(desk: Desk) -> None:
    """R25, R28: in a Python without Countenance it accepts a proof, tells of its search, and refuses a changed one."""
    desk.file("library.pub", f"{PUBLIC_KEY.hex()}\n")
    desk.file("search.tlog-proof", personal(3))
    said = desk.alone("proof", "search.tlog-proof", "--key", "library.pub")
    assert (said.code, said.err) == (0, "")
    assert f"search.tlog-proof holds: entry 3 is in the ledger {ledger().origin}" in said.told
    desk.file("changed.tlog-proof", personal(3).replace("index 3", "index 4"))
    said = desk.alone("proof", "changed.tlog-proof", "--key", "library.pub")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("DOES NOT HOLD: changed.tlog-proof: the entry is not in the ledger")


def golden_proof(key: bytes) -> str:
    """Give the proof that the page describes, put together by the page alone."""
    extra = b"\x01" + bytes([len(key)]) + key + golden_bytes("salt") + golden_bytes("payload")
    head, _, rest = golden_lines("proof of entry 1 without its extra").partition("\n")
    return f"{head}\nextra {base64.b64encode(extra).decode()}\n{rest}"


def test_the_golden_proof(desk: Desk) -> None:
    """R25, R28: the golden proof holds, and everything that the person is told in it is said."""
    given = desk.file("p.tlog-proof", golden_proof(golden_bytes("key of the person's part alone")))
    said = desk.run("proof", given, *GOLDEN_KEY)
    assert (said.code, said.err) == (0, "")
    for sentence in (
        f"entry 1 is in the ledger {origin_of(golden('library id'), 1)}, as it was signed when it had 3 entries.",
        "This is what it tells a person whom it concerns: A search was made by a photo of a face. (searched)",
        "Recorded: 2026-03-14T09:26:53.589793Z, by the library's clock",
        "Who did it: staff",
        "The purpose: be-found The reason given: yearbook of class 9b",
        "What was answered about this person: possible match",
        "Photos: /photos/2025/fête/img_0042.jpg",
        "confirmed_by: null",
    ):
        assert sentence in said.told


def test_the_answer_is_the_one_in_the_document(desk: Desk) -> None:
    """R25: the page for people outside shows, word for word, what is said of the golden proof."""
    page = (PROJECT / "docs/how-to/check-a-ledger.md").read_text(encoding="utf-8")
    given = desk.file("entry-000001.tlog-proof", golden_proof(golden_bytes("key of the person's part alone")))
    assert f"```text\n{desk.run('proof', given, *GOLDEN_KEY).out}```" in page


def test_a_proof_without_a_key_is_sealed(desk: Desk) -> None:
    """R28, R29: without a key it is said that the entry is there and that what it says is sealed, of either version."""
    said = desk.run("proof", desk.file("p", golden_proof(b"")), *GOLDEN_KEY)
    assert said.code == 0
    assert "What it says is sealed" in said.told
    assert "yearbook" not in said.told
    said = desk.run("proof", desk.file("first", ledger().entry_proof(SIZE - 1).to_text()), *KEY)
    assert said.code == 0
    assert "It is of the first version" in said.told


def test_what_the_library_itself_is_told(desk: Desk) -> None:
    """R28: a proof with the key of the controller's part tells who did it and whom it concerned."""
    key = controller_part_key(ledger().rows[2], CONTROLLER_KEY, library=LIBRARY)
    said = desk.run("proof", desk.file("p", ledger().entry_proof(2, part_key=key).to_text()), *KEY)
    assert said.code == 0
    assert "tells the library itself" in said.told
    assert f"Who did it: staff, account frau-meier Whom it concerned: {ANNA}" in said.told
    assert f'answered: {{"person": "{ANNA}", "photos": 1}}' in said.told


def test_a_golden_key_of_another_part_opens_nothing(desk: Desk) -> None:
    """R28: a key that is committed to by no part, or given with an entry of the first version, is refused."""
    for text, key in (
        (golden_proof(bytes(32)), GOLDEN_KEY),
        (ledger().entry_proof(SIZE - 1, part_key=bytes(32)).to_text(), KEY),
        (ledger().entry_proof(1, part_key=AUDIT_KEYS[ANNA]).to_text(), KEY),
    ):
        said = desk.run("proof", desk.file("p", text), *key)
        assert (said.code, said.out) == (1, "")
        assert "the proof's key is for no part of this entry" in said.told


def test_nothing_moves_the_cursor(desk: Desk) -> None:
    """R44: a reason or a path with escape sequences is shown without them."""
    entry = deed(1)
    odd = sealed(replace(entry, concerns={ANNA: {"reason": "\x1b[2J\x9b1mred\u202e", "photos": ["/a\n/b", "\x07"]}}))
    said = desk.run("proof", desk.file("p", personal(0, of=GrownLedger.of([odd]))), *KEY)
    assert said.code == 0
    assert "The reason given: ?[2J?1mred? Photos: /a?/b Photos: ?" in said.told


def test_a_kind_of_later_is_told_by_its_name() -> None:
    """R28: every kind that concerns people has its sentence; a kind that is not known is told by its name."""
    tool = ledger_verifier()
    rows = re.findall(
        r"^\| `([a-z-]+)` \| [^|]* \| ([^|]*) \|[^|]*\|$", PAGE.split("What the fields hold:")[0], re.MULTILINE
    )
    assert {kind for kind, _ in rows} == set(EntryKind)
    assert tool.KINDS.keys() == {kind for kind, whom in rows if not whom.startswith("nobody")}
    told = list(tool.told(2, {"at": "now", "kind": "sold", "role": "staff", "facts": {}}))
    assert "An entry of another kind. (sold)" in told


def test_a_copy(desk: Desk) -> None:
    """R25, R27: a copy holds, and what any kind of file remembers of the ledger is compared with it."""
    files = {
        "bare": ledger().note(5),
        "a.tlog-proof": ledger().entry_proof(2, size=7).to_text(),
        "a.consistency": ledger().growth(3, size=9).to_text(),
        "earlier.jsonl": "".join(ledger().copy(4)),
        "export.json": json.dumps({"proofs": [{"text": personal(1)}], "checkpoint": ledger().note(0)}),
    }
    paths = [desk.file(name, content) for name, content in files.items()]
    copy = desk.file("copy.jsonl", ledger().copy())
    said = desk.run("copy", copy, "--against", *paths, *KEY)
    assert (said.code, said.err) == (0, "")
    assert f"copy.jsonl holds: it is whole, {SIZE} entries as they were signed for {ledger().origin}." in said.told
    for size, name in zip((5, 7, 9, 4, SIZE, 0), (*files, "export.json"), strict=True):
        assert f"It begins with the {size} entries that {name} remembers." in said.told
    assert desk.run("copy", copy, *KEY, "--against", paths[0], "--against", *paths[1:]).code == 0
    said = desk.run("copy", copy, *KEY)
    assert said.code == 0
    assert "only their checkpoints can tell" in said.told
    assert desk.run("copy", desk.file("empty", GrownLedger().copy()), *KEY).code == 0


def test_a_receipt_remembers_the_ledger(desk: Desk) -> None:
    """R2, R27: the checkpoint in a signed receipt, alone or in an export, is compared with a copy of the ledger."""
    library, private, public = second().receipt.library, second().private, second().public
    rows = [SealedEntry(golden_bytes("salt"), golden_bytes("payload"))] * 3
    held = replace(GrownLedger.of(rows, origin=origin_of(library, 1)), private_key=private)
    key = ("--key", public.hex())
    whole, changed = (
        desk.file("copy", held.copy()),
        desk.file(
            "changed",
            write_copy(
                CopyHead(
                    public, sign_checkpoint(GrownLedger.of(ledger().rows[:3], origin=held.origin).checkpoint(), private)
                ),
                ledger().rows[:3],
            ),
        ),
    )
    for receipt in (
        desk.file("receipt.jws", second().signed + "\n"),
        desk.file("export.json", json.dumps({"receipts": [{"signed": second().signed}]})),
    ):
        assert desk.run("copy", whole, "--against", receipt, *key).code == 0
        said = desk.run("copy", changed, "--against", receipt, *key)
        assert said.code == 1
        assert "SPLIT VIEW: two ledgers were shown" in said.told


def test_a_changed_past_is_told(desk: Desk) -> None:
    """R26: a copy that does not begin with what others remember is told apart from one that is only older."""
    copy = desk.file("copy", other().copy())
    remembered = [desk.file(f"of-{size}", ledger().note(size)) for size in (4, 5, SIZE)]
    said = desk.run("copy", copy, "--against", *remembered, *KEY)
    assert said.code == 1
    assert "It begins with the 4 entries that of-4 remembers." in said.told
    assert "of-5: the copy does not begin with the 5 entries that it remembers: the past was changed" in said.told
    assert f"of-{SIZE}: SPLIT VIEW: two ledgers were shown" in said.told
    said = desk.run("copy", desk.file("older", ledger().copy(4)), "--against", *remembered, *KEY)
    assert said.code == 1
    assert "of-5: it remembers 5 entries, and the copy has 4: an older copy, or entries were taken out" in said.told


def branched(size: int) -> GrownLedger:
    """Give a ledger that went on as another branch from what it had at a size."""
    return GrownLedger.of([*ledger().rows[:size], sealed(deed(50)), sealed(deed(51))], origin=origin_of(LIBRARY, 2))


def test_a_restored_ledger_is_told(desk: Desk) -> None:
    """R27, R41: after a restored backup the shared beginning holds, and what was lost is told as that."""
    copy = desk.file("copy", branched(6).copy())
    said = desk.run("copy", copy, "--against", desk.file("of-6", ledger().note(6)), *KEY)
    assert said.code == 0
    for size in (7, 8, SIZE):
        said = desk.run("copy", copy, "--against", desk.file(f"of-{size}", ledger().note(size)), *KEY)
        assert said.code == 1
        assert f"does not begin with the {size} entries that it remembers: between branch 1 and branch 2" in said.told
    said = desk.run("checkpoints", desk.file("one", ledger().note(7)), desk.file("two", branched(6).note()), *KEY)
    assert said.code == 1
    assert "they are of two branches of one ledger" in said.told


def test_a_star_stands_for_files(desk: Desk) -> None:
    """R28: where the shell leaves it as it is, as on Windows, all proofs of a folder are checked by the one command."""
    named = [desk.file(f"entry-{place}.tlog-proof", personal(3)) for place in (1, 2)]
    desk.file("changed.tlog-proof", personal(3).replace("index 3", "index 4"))
    star = named[0].replace("entry-1", "*")
    said = desk.run("proof", star, *KEY)
    assert (said.code, said.out.count(" holds: "), "DOES NOT HOLD: changed.tlog-proof" in said.told) == (1, 2, True)
    assert desk.run("proof", star.replace("proof", "none"), *KEY).code == 2


def test_one_entry_is_counted_as_one(desk: Desk) -> None:
    """R25: what a first receipt remembers is told in words as people say them."""
    said = desk.run("copy", desk.file("copy", ledger().copy()), "--against", desk.file("of-1", ledger().note(1)), *KEY)
    assert (said.code, "It begins with the 1 entry that of-1 remembers." in said.told) == (0, True)


def test_two_checkpoints(desk: Desk) -> None:
    """R26, R27: one ledger, a split view, growth that is proved, and what to ask for when it is not."""
    old, new, again = (desk.file(f"of-{size}", ledger().note(size)) for size in (5, SIZE, SIZE))
    said = desk.run("checkpoints", new, again, *KEY)
    assert (said.code, said.told) == (0, f"They are of one ledger: the same {SIZE} entries.")
    proof = desk.file("proof", ledger().growth(5).to_text())
    for both in ((old, new), (new, old), (old, proof)):
        said = desk.run("checkpoints", *both, "--proof", proof, *KEY)
        assert (said.code, said.told) == (
            0,
            f"The ledger of {SIZE} entries begins with that of 5: nothing in it was changed.",
        )
    said = desk.run("checkpoints", old, new, *KEY)
    assert (said.code, said.out) == (2, "")
    assert (
        "only a proof shows: ask for it (countenance ledger prove --since CHECKPOINT --to FILE, with that of 5"
        in said.told
    )
    empty = desk.file("of-0", ledger().note(0))
    nothing = desk.file("from-0", ledger().growth(0).to_text())
    assert desk.run("checkpoints", empty, new, "--proof", nothing, *KEY).code == 0


def test_a_split_view_is_told(desk: Desk) -> None:
    """R26, R27: two people were shown two ledgers: any two checkpoints of one size show it, others by a proof."""
    mine, yours = desk.file("mine", ledger().note()), desk.file("yours", other().note())
    said = desk.run("checkpoints", mine, yours, *KEY)
    assert (said.code, said.out) == (1, "")
    assert "DOES NOT HOLD: SPLIT VIEW: two ledgers were shown." in said.told
    said = desk.run("proof", desk.file("m", personal(1)), desk.file("y", personal(2, of=other())), *KEY)
    assert said.code == 1
    assert "y: SPLIT VIEW: two ledgers were shown." in said.told
    early = desk.file("early", other().note(7))
    for proof in (ledger().growth(7), other().growth(7), replace(ledger().growth(7), old=6)):
        assert desk.run("checkpoints", early, mine, "--proof", desk.file("proof", proof.to_text()), *KEY).code == 1


def test_a_proof_about_others_is_refused(desk: Desk) -> None:
    """R26: a proof of growth that is about another checkpoint than those given shows nothing."""
    old, new = desk.file("old", ledger().note(5)), desk.file("new", ledger().note(9))
    others = (ledger().growth(5), ledger().growth(4, size=9), other().growth(5, size=9))
    for text in (*(one.to_text() for one in others), personal(1), ledger().note()):
        said = desk.run("checkpoints", old, new, "--proof", desk.file("p", text), *KEY)
        assert said.code == 1
        assert "no proof of growth, or about other checkpoints" in said.told


def test_another_library_is_refused(desk: Desk) -> None:
    """R26: checkpoints of two libraries are compared with nothing, though one key signed both."""
    foreign = Checkpoint(origin_of("another", 1), 5, ledger().checkpoint(5).root)
    theirs = desk.file("theirs", sign_checkpoint(foreign, ledger().private_key))
    assert "of two libraries" in desk.run("checkpoints", desk.file("ours", ledger().note(5)), theirs, *KEY).told
    said = desk.run("copy", desk.file("copy", ledger().copy()), "--against", theirs, *KEY)
    assert said.code == 1
    assert "theirs: it is of another library, another" in said.told


LINES = list(ledger().copy())


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (LINES[:-1], "the 10 entries of the copy are not the 11 that were signed"),
        ([*LINES, LINES[-1].replace('"entry": 10', '"entry": 11')], "the 12 entries of the copy"),
        ([LINES[0], *LINES[2:]], "entry 0 of the copy is not in its place"),
        ([*LINES[:3], LINES[4], LINES[3], *LINES[5:]], "entry 2 of the copy is not in its place"),
        ([*LINES[:3], "\n", *LINES[3:]], "entry 2 of the copy is not in its place"),
        ([LINES[0], LINES[1].replace('"entry": 0', '"entry": false'), *LINES[2:]], "entry 0 of the copy"),
        ([LINES[0], LINES[1].replace('"entry": 0', '"entry": 1, "entry": 0'), *LINES[2:]], "entry 0 of the copy"),
        ([LINES[0], LINES[1].replace('"salt": "', '"salt": "AAAA'), *LINES[2:]], "entry 0 of the copy"),
        ([*LINES[:4], LINES[4].replace('"payload": "Ag', '"payload": "Aw'), *LINES[5:]], "of an unknown version"),
        ([*LINES[:4], LINES[4].replace('"payload": "AgAA', '"payload": "AgAB'), *LINES[5:]], "not framed as entries"),
        ([*LINES[:4], json.dumps({**json.loads(LINES[4]), "salt": "A" * 43 + "="}), "\n", *LINES[5:]], "11 entries"),
        ([LINES[0].replace(PUBLIC_KEY.hex(), "00" * 32), *LINES[1:]], "another public key than yours"),
        ([LINES[0].replace("ledger-copy:1", "ledger-copy:2"), *LINES[1:]], "no copy of a ledger"),
        (LINES[1:], "no copy of a ledger"),
        ([], "no copy of a ledger"),
    ],
)
def test_a_spoilt_copy_is_refused(desk: Desk, spoilt: list[str], why: str) -> None:
    """R26: lines taken out, put in, moved, changed or written otherwise: each copy is refused, and it is said why."""
    said = desk.run("copy", desk.file("copy", spoilt), *KEY)
    assert (said.code, said.out) == (1, "")
    assert why in said.told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("proof", "nowhere", *KEY), "cannot be read"),
        (("proof", "binary", *KEY), "cannot be read"),
        (("copy", "whole.jsonl", "--against", "cut.json", *KEY), "cannot be read"),
        (("copy", "whole.jsonl", "--against", "twice.json", *KEY), "stands twice"),
        (("proof", "note", "--key", "nowhere.pub"), "cannot be read"),
        (("proof", "note", "--key", "note"), "cannot be read"),
        (("checkpoints", "two.json", "note", *KEY), "holds several checkpoints"),
        (("checkpoints", "note", *KEY), "usage"),
        (("proof", "note"), "usage"),
        ((), "usage"),
    ],
)
def test_what_cannot_be_read_is_told_apart(desk: Desk, words: tuple[str, ...], why: str) -> None:
    """R44: exit code 2 says that a file, a key or the question could not be read; nothing is then said to hold."""
    files: dict[str, str | bytes] = {
        "note": ledger().note(),
        "binary": b"\xff\xfe",
        "whole.jsonl": "".join(LINES),
        "cut.json": '{"checkpoint": ',
        "twice.json": '{"a": 1, "a": 2}',
        "two.json": json.dumps([ledger().note(3), ledger().note(4)]),
    }
    paths = {name: desk.file(name, content) for name, content in files.items()}
    said = desk.run(*(paths.get(word, word) for word in words))
    assert (said.code, said.out) == (2, "")
    assert why in said.told


def test_one_bad_file_does_not_hide_the_others(desk: Desk) -> None:
    """R28: of several proofs each is judged; one that does not hold makes the exit code 1."""
    good, bad = desk.file("good", personal(1)), desk.file("bad", personal(2)[:-3])
    said = desk.run("proof", bad, good, *KEY)
    assert said.code == 1
    assert "good holds: entry 1" in said.out
    assert "DOES NOT HOLD: bad" in said.err
    assert desk.run("copy", desk.file("c", LINES), "--against", bad, *KEY).code == 1
    assert (
        "holds no checkpoint" in desk.run("copy", desk.file("c", LINES), "--against", desk.file("n", "{}"), *KEY).told
    )


def test_line_ends_of_a_mail_program(desk: Desk) -> None:
    """R28: a proof whose line ends a mail program turned into CRLF reads the same."""
    said = desk.run("proof", desk.file("p", personal(1).replace("\n", "\r\n")), *KEY)
    assert (said.code, said.err) == (0, "")


def test_a_copy_is_read_one_entry_at_a_time() -> None:
    """R27: a copy of any length is verified with the memory of one entry: no line is read before its time."""
    tool, read = ledger_verifier(), 0
    hashed: list[int] = []

    def lines() -> Iterator[str]:
        nonlocal read
        for line in LINES:
            hashed.append(read)
            read += 1
            yield line

    def counted(tree: object, leaf: bytes, append: object = tool.Tree.append) -> None:
        assert read == tree.size + 2  # type: ignore[attr-defined]  # the head, and this entry
        append(tree, leaf)  # type: ignore[operator]  # it is the tree's own

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool.Tree, "append", counted)
        checkpoint, roots = tool.check_copy(lines(), PUBLIC_KEY, {4, 7})
    assert checkpoint.size == len(hashed) - 1 == SIZE
    assert roots == {0: ledger().checkpoint(0).root, 4: ledger().checkpoint(4).root, 7: ledger().checkpoint(7).root}


def test_the_proof_is_what_ours_writes() -> None:
    """R25: the golden proof put together by the page is what our code reads and writes, to the byte."""
    text = golden_proof(golden_bytes("key of the person's part alone"))
    assert EntryProof.from_text(text).to_text() == text
