"""A key may come from a command or a variable; neither leaks into an error, and no shell reads the command."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from countenance.errors import KeyMissing, KeyProblem, KeyWrong
from countenance.keys import KeyCommand, KeyFile, KeyVariable, key_text, read_key

KEY = bytes(range(1, 33))
CANARY = "hunter2-the-passphrase"


def command(code: str, *arguments: str, seconds: float = 30.0) -> KeyCommand:
    """Give a key command that runs some Python."""
    return KeyCommand(shlex.join([sys.executable, "-I", "-c", code, *arguments]), seconds)


def said(problem: BaseException) -> str:
    """Give everything that an error can show, with the errors behind it."""
    parts = [str(problem), repr(problem), getattr(problem, "remedy", "")]
    shown = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    return " ".join(parts) + (said(shown) if shown else "")


def test_a_command_gives_the_key() -> None:
    """What the command prints is read as a key file is."""
    assert read_key(command(f"print({key_text(KEY)!r})")) == KEY


def test_its_complaints_are_not_the_key() -> None:
    """Only the command's output counts, not what it says to the terminal."""
    line = f"countenance-key-1:{KEY.hex()}"
    assert read_key(command(f"import sys; sys.stderr.write('unlocking...'); print({line!r})")) == KEY
    with pytest.raises(KeyWrong):
        read_key(command(f"import sys; sys.stderr.write({line!r})"))


def test_a_command_has_nothing_to_read() -> None:
    """What is typed or piped into this program is not the command's: it gets an end at once, so nothing waits."""
    reading, writing = os.pipe()
    before = os.dup(0)
    os.write(writing, b"a photo, say")
    os.close(writing)
    os.dup2(reading, 0)
    try:
        key = read_key(command("import sys; print('' if sys.stdin.read() else 'countenance-key-1:' + 'ab' * 32)"))
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(reading)
    assert key == bytes([0xAB]) * 32


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    """Signs that a shell would act on are plain letters; blanks in quotation marks stay together."""
    mark = tmp_path / "mark"
    code = (
        "import sys; print('countenance-key-1:' + 'ab' * 32 if sys.argv[1:] == ['; touch', '$(x)', '|', '&&'] else '')"
    )
    assert read_key(command(code, "; touch", "$(x)", "|", "&&")) == bytes([0xAB]) * 32
    with pytest.raises(KeyProblem):
        read_key(KeyCommand(f"{shlex.quote(sys.executable)} -c pass; touch {shlex.quote(str(mark))}"))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import sys; sys.exit(3)", KeyMissing),
        (f"print('{CANARY}')", KeyWrong),
        (f"import sys; print('{CANARY}'); sys.exit(1)", KeyMissing),
        ("print()", KeyWrong),
        ("import os; os.write(1, bytes(range(128, 256)))", KeyWrong),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", KeyMissing),
    ],
    ids=range(6),
)
def test_a_command_that_fails_is_told_without_its_secrets(code: str, error: type[KeyProblem]) -> None:
    """R20: neither the command's arguments nor what it printed are in the error or behind it; what to do is."""
    source = command(code, CANARY)
    with pytest.raises(error) as caught:
        read_key(source)
    assert CANARY not in said(caught.value)
    assert caught.value.remedy
    assert CANARY not in repr(source)


@pytest.mark.timeout(30)
def test_a_command_that_does_not_end_is_ended() -> None:
    """A command that hangs is given up after its time, without what it printed."""
    with pytest.raises(KeyMissing, match=r"did not end within 0\.5 s") as caught:
        read_key(command(f"import time; print('{CANARY}', flush=True); time.sleep(60)", CANARY, seconds=0.5))
    assert CANARY not in said(caught.value)


@pytest.mark.parametrize("text", ["", "  ", "no-such-program-of-that-name --x", "'not closed", "\0", f"/ {CANARY}"])
def test_a_command_that_cannot_be_run_is_told(text: str) -> None:
    """An empty, misspelt or missing command is told with what to do."""
    with pytest.raises(KeyMissing) as caught:
        read_key(KeyCommand(text))
    assert caught.value.remedy
    assert CANARY not in said(caught.value)


def test_a_variable_gives_the_key() -> None:
    """The value that a door read is read as a key file is."""
    assert read_key(KeyVariable("COUNTENANCE_KEY", f"countenance-key-1:{KEY.hex()}")) == KEY
    assert read_key(KeyVariable("COUNTENANCE_KEY", key_text(KEY))) == KEY


def test_a_variable_without_a_key_is_told_by_its_name() -> None:
    """R20: the name is said, the value never."""
    for value, error in (("", KeyMissing), (" \n", KeyMissing), (CANARY, KeyWrong), (KEY.hex(), KeyWrong)):
        with pytest.raises(error, match="COUNTENANCE_KEY") as caught:
            read_key(KeyVariable("COUNTENANCE_KEY", value))
        assert caught.value.remedy
        assert CANARY not in said(caught.value)
        assert KEY.hex() not in said(caught.value)
    assert CANARY not in repr(KeyVariable("COUNTENANCE_KEY", CANARY))


def test_the_environment_is_left_to_the_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set moves nothing here: the source given is the source read."""
    monkeypatch.setitem(os.environ, "COUNTENANCE_KEY", f"countenance-key-1:{KEY.hex()}")
    with pytest.raises(KeyMissing):
        read_key(KeyVariable("COUNTENANCE_KEY", ""))
    with pytest.raises(KeyMissing):
        read_key(KeyFile(Path("no-such-file.key")))
