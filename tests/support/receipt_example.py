"""The examples of docs/formats/receipt.md as values, and the verifier that imports nothing of ours as a module."""

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType

from countenance.consent import Consent, Hold, Policy, Purpose, Receipt, draft_receipt, sign_receipt

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs/formats/receipt.md"
VERIFIER = PROJECT / "tools/verify_receipt.py"


@dataclass(frozen=True)
class Example:
    """A receipt as a value and as it was signed, with the library's keys."""

    receipt: Receipt
    signed: str
    private: bytes
    public: bytes

    def other(self, **fields: object) -> "Example":
        """Give the receipt with other fields, signed by the same library."""
        receipt = replace(self.receipt, **fields)  # type: ignore[arg-type]  # the fields are named by the test
        return replace(self, receipt=receipt, signed=sign_receipt(receipt, self.private))

    def consent(
        self, withdrawn: Mapping[Purpose, datetime] | None = None, held: Mapping[Purpose, Hold] | None = None
    ) -> Consent:
        """Give the consent with what happened since."""
        return Consent(self.receipt, withdrawn or {}, held or {})


@cache
def example() -> Example:
    """Give the example of version 1 that stands on the page to the byte."""
    return _example("Receipt", "Signed receipt")


@cache
def second() -> Example:
    """Give the example of version 2 that stands on the page to the byte."""
    return _example("Receipt of version 2", "Signed receipt of version 2")


def _example(receipt: str, signed: str) -> Example:
    page = PAGE.read_text(encoding="utf-8")

    def block(heading: str, language: str) -> str:
        found = re.search(rf"^{heading}:\n\n```{language}\n(.*?)\n```", page, re.DOTALL | re.MULTILINE)
        assert found is not None
        return found[1]

    return Example(
        receipt=Receipt.from_bytes(block(receipt, "json").encode()),
        signed=block(signed, "text"),
        private=bytes.fromhex(block("Private key", "text")),
        public=bytes.fromhex(block("Public key", "text")),
    )


def drafted(
    purposes: tuple[Purpose, ...] = tuple(Purpose),
    *,
    language: str = "en",
    with_template: bool = True,
    guardian: str = "",
    policy: Policy | None = None,
) -> Example:
    """Give a receipt as the house drafts it now, in a language, signed by the example's library."""
    known = example()
    receipt = draft_receipt(
        policy or school(language),
        library=known.receipt.library,
        person=known.receipt.person,
        name=known.receipt.person_name,
        purposes=purposes,
        now=known.receipt.given,
        expires=known.receipt.valid_until,
        release_sha256=known.receipt.release_sha256,
        with_template=with_template,
        guardian=guardian,
    )
    return replace(known, receipt=receipt, signed=sign_receipt(receipt, known.private))


def school(language: str = "en") -> Policy:
    """Give the policy of a school whose notice is in a language."""
    notice = {"fr": "Vos photos, votre choix.\n", "de": "Fotos von Ihnen.\n"}.get(language)
    return Policy.draft(
        controller="Hill School, 1 Hill Road, Dublin",
        contact="office@hill-school.example",
        staff_search=True,
        child_retention_days=365,  # so that the example's end can be a child's too
        notice=notice,
        notice_language=language,
    )


@cache
def verifier() -> ModuleType:
    """Give tools/verify_receipt.py as a module."""
    spec = importlib.util.spec_from_file_location("verify_receipt", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
