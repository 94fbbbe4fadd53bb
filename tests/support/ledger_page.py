"""The golden bytes of docs/formats/ledger.md, and the verifier of ledgers that imports nothing of ours as a module."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs/formats/ledger.md").read_text(encoding="utf-8")
VERIFIER = PROJECT / "tools/verify_ledger.py"


def golden(label: str) -> str:
    """Give what stands in the block below `label:` on the page."""
    block = re.search(rf"^{re.escape(label)}[^\n]*:\n\n```(hex|text|json)\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
    assert block, f"no golden block for {label}"
    return block[2].replace("\n", "")


def golden_bytes(label: str) -> bytes:
    """Give the bytes whose hexadecimal digits stand below `label:`."""
    return bytes.fromhex(golden(label))


def golden_lines(label: str) -> str:
    """Give the lines below `label:`, each with its end."""
    block = re.search(rf"^{re.escape(label)}[^\n]*:\n\n```text\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
    assert block, f"no golden block for {label}"
    return f"{block[1]}\n"


@cache
def ledger_verifier() -> ModuleType:
    """Give tools/verify_ledger.py as a module."""
    spec = importlib.util.spec_from_file_location("verify_ledger", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
