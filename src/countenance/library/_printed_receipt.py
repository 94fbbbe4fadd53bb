"""The printed receipt: one page for the person, with what was allowed, until when, and how to take it back.

It says what the signed receipt says, and nothing is fetched to show it; what the words are belongs to `consent`.
"""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from importlib.resources import files
from string import Template
from urllib.parse import urlencode

import segno

from countenance.consent import Consent, Purpose, State, purpose_words, state_of
from countenance.errors import UsageWrong
from countenance.library._printed_words import day, labels_in
from countenance.seals import sha256_hex

# The page, with $-marks (string.Template) where the words go.
_PAGE = "receipt.html"
# So many digits of a hash are compared by eye, in groups of four; 64 bits are enough to tell two receipts apart.
SHORT_HASH_DIGITS = 16
_BOX = (
    '<svg class="box" viewBox="0 0 16 16" aria-hidden="true"><rect x="1" y="1" width="14" height="14" rx="2"/>{}</svg>'
)
_TICK = '<path d="M4 8.5l3 3 5-7"/>'


def withdrawal_link(library: str, link_code: str, *, base: str | None = None) -> str:
    """Give the person's private link to the withdrawal: below an address of the library's, or as a text without one.

    Raises:
        UsageWrong: the address is not one that a browser opens over an encrypted connection.
    """
    asked = urlencode({"library": library, "code": link_code})
    if base is None:
        return f"countenance:withdraw?{asked}"
    if not base.startswith("https://") or any(mark in base for mark in "?# \t\n"):
        raise UsageWrong(
            "the address of the library is no https:// address", remedy="leave out ? and #, or the address"
        )
    return f"{base.rstrip('/')}/withdraw?{asked}"


def printed_receipt(
    consent: Consent, *, public_key: bytes, now: datetime, link_code: str | None = None, base: str | None = None
) -> str:
    """Write the page (HTML, one sheet of A4) in the language of the receipt; with `link_code` it has the private code.

    The library's public key stands on it in full: paper is the other way by which people can compare it.

    The code is known only when a person is enrolled: a page printed later is without it.

    Raises:
        UsageWrong: `base` is no https:// address.
    """
    receipt = consent.receipt
    labels = labels_in(receipt.notice_language)
    said = {name.replace("-", "_"): escape(text) for name, text in labels.items()}
    link = withdrawal_link(receipt.library, link_code, base=base) if link_code else ""
    how = labels["by_hand"].format(contact=receipt.contact) if base is None else labels["by_address"]
    return Template((files("countenance.library") / _PAGE).read_text(encoding="utf-8")).substitute(
        said,  # what follows goes before it
        name=escape(receipt.person_name),
        lead=escape(labels["lead"].format(controller=receipt.controller)),
        signed_by=_signed_by(receipt.guardian, labels),
        given_day=day(receipt.given, labels),
        until_day=day(receipt.valid_until, labels),
        ended=_ended(consent, now, labels),
        purposes="\n".join(_purpose(purpose, consent, labels) for purpose in Purpose),
        face=said["with_template" if receipt.with_template else "without_template"],
        withdraw_kind="" if link else " plain",
        withdrawal_method=_sentence(receipt.withdrawal_method),
        code=_code(link_code or "", link, how, labels),
        qr=_qr(link, labels),
        rights_list=_items(receipt.rights),
        controller_name=escape(receipt.controller),
        contact=escape(receipt.contact),
        authority_name=_sentence(receipt.authority),
        lawful_basis=_sentence(receipt.lawful_basis),
        recipients_list=_sentence(labels["semicolon"].join(receipt.recipients)),
        data_list=_sentence(labels["semicolon"].join(receipt.data_kinds)),
        retention=_sentence(receipt.retention),
        storage=_sentence(labels["semicolon"].join((receipt.location, receipt.storage))),
        ledger=_ledger(receipt.checkpoint, labels),
        receipt_id=escape(receipt.id),
        receipt_hash=short_hash(sha256_hex(receipt.to_bytes())),
        notice_hash=short_hash(receipt.notice_sha256),
        notice_language=escape(receipt.notice_language),
        public_key=public_key.hex(),
    )


def short_hash(digits: str) -> str:
    """Give the first digits of a hash in groups of four, as people compare them."""
    return " ".join(digits[place : place + 4] for place in range(0, SHORT_HASH_DIGITS, 4))


def _signed_by(guardian: str, labels: Mapping[str, str]) -> str:
    return f'<span class="quiet">{escape(labels["signed_by"].format(guardian=guardian))}</span>' if guardian else ""


def _ended(consent: Consent, now: datetime, labels: Mapping[str, str]) -> str:
    if state_of(consent, now) not in {State.EXPIRED, State.WITHDRAWN}:
        return ""
    end = max(consent.withdrawn.values()) if not consent.left else consent.receipt.valid_until
    return f'<p class="warn">{escape(labels["ended"].format(day=day(end, labels)))}</p>\n'


def _purpose(purpose: Purpose, consent: Consent, labels: Mapping[str, str]) -> str:
    words = escape(purpose_words(consent.receipt.notice_language)[purpose])
    if purpose not in consent.receipt.purposes:
        return f'<li class="no">{_BOX.format("")}<span>{words}</span></li>'
    if purpose in consent.withdrawn:
        note = labels["withdrawn"].format(day=day(consent.withdrawn[purpose], labels))
        return f'<li class="no over">{_BOX.format(_TICK)}<div><span>{words}</span> <em>{escape(note)}</em></div></li>'
    note = f" <em>{escape(labels[consent.held[purpose]])}</em>" if purpose in consent.held else ""
    return f'<li class="yes">{_BOX.format(_TICK)}<div><span>{words}</span>{note}</div></li>'


def _code(code: str, link: str, how: str, labels: Mapping[str, str]) -> str:
    if not link:
        return ""
    return (
        f"<p><strong>{escape(labels['code'])}.</strong> {escape(how)} {escape(labels['keep_code'])}</p>\n"
        f'<p class="code">{escape(code)}</p>\n<p class="link">{escape(link)}</p>\n'
    )


def _qr(link: str, labels: Mapping[str, str]) -> str:
    if not link:
        return ""
    # Level M still reads with a sixth of the code smudged, and stays coarse enough for an office printer.
    code = segno.make(link, error="m", micro=False)
    drawn: str = code.svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=2, title=labels["code"])
    return f"<div>{drawn}</div>\n"


def _ledger(checkpoint: str, labels: Mapping[str, str]) -> str:
    if not checkpoint:  # a receipt of the first version
        return ""
    words = f"<h2>{escape(labels['ledger'])}</h2>\n<p>{escape(labels['ledger_use'])}</p>"
    return f'<section class="ledger">\n<div>\n{words}\n</div>\n<pre>{escape(checkpoint)}</pre>\n</section>\n'


def _sentence(text: str) -> str:
    """Begin a line of the receipt as a sentence begins, and end it as one ends."""
    return escape(text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else "."))


def _items(texts: tuple[str, ...]) -> str:
    return "\n".join(f"<li>{escape(text)}</li>" for text in texts)
