"""The plain words that notices and receipts are made of; a controller may write its own notice instead."""

from collections.abc import Sequence
from datetime import datetime

from countenance.consent._values import Purpose

PURPOSE_WORDS = {
    Purpose.FIND_ME: "I can find the photos that I am in. The answer goes to me.",
    Purpose.BE_FOUND: (
        "Authorised staff can find me by a photo. They must state a reason each time, "
        "and I can see each such search and its reason."
    ),
    Purpose.BE_SHOWN: "My face may be seen in photos that are published. Without this, it is covered.",
}

RIGHTS = (
    "to withdraw consent at any time, without giving a reason and without disadvantage",
    "to see what is kept about me and to get a copy of it",
    "to have mistakes corrected",
    "to have what is kept about me erased",
    "to have its use restricted",
    "to take it with me in a common format",
    "to complain to the supervisory authority",
)

COLLECTION_METHOD = "a form signed on paper, kept with this record as a scan"

WITH_TEMPLATE_METHOD = (
    "a computer measures the face in the photos given for this and keeps the result as a face template; faces in the "
    "library's photos are compared with it; a match is a possible match for people to look at, and nothing is decided "
    "by it automatically"
)
WITHOUT_TEMPLATE_METHOD = (
    "no face template is made; staff mark by hand where the person is in a photo, and nothing is decided automatically"
)

WITH_TEMPLATE_DATA = (
    "name",
    "the signed form",
    "the photos given for enrolment",
    "a face template made from them (biometric data)",
    "the places of the face in the library's photos",
)
WITHOUT_TEMPLATE_DATA = (
    "name",
    "the signed form",
    "the places of the face in the library's photos, marked by hand",
)

# Who else gets the data, where a controller names nobody.
NOBODY = "nobody outside the controller"

STORAGE = "encrypted with keys of this person's own; the master key is kept outside the photo library"


def lawful_basis(*, recognition: bool) -> str:
    """Name the lawful basis in European law; a controller elsewhere writes its own into the policy."""
    if recognition:
        return "consent (GDPR Art. 6(1)(a)); for the face template, explicit consent (GDPR Art. 9(2)(a))"
    return "consent (GDPR Art. 6(1)(a))"


def retention(*, until: datetime, evidence_days: int, with_template: bool) -> str:
    """Say how long what is kept."""
    kept = "face template, enrolment photos and places in photos" if with_template else "places in photos"
    return (
        f"{kept}: until {until:%Y-%m-%d}, or until consent is withdrawn, if that is sooner; name, signed form, receipt "
        f"and the record of searches, as evidence: at most {evidence_days} days longer"
    )


def withdrawal_method(contact: str) -> str:
    """Say how to withdraw."""
    return (
        f"tell {contact}; no reason is needed; it takes effect when it is entered, and what was made of the face is "
        "erased then"
    )


def plain_notice(  # noqa: PLR0913  (each is a sentence of the notice)
    *,
    controller: str,
    contact: str,
    authority: str,
    location: str,
    recipients: Sequence[str],
    lawful_basis: str,
    purposes: Sequence[Purpose],
    recognition: bool,
    retention_days: int,
    evidence_days: int,
) -> str:
    """Write the notice in plain English, so that a parent understands it: what GDPR Art. 13 asks for, a page long."""
    what = _WHAT_RECOGNITION if recognition else _WHAT_BY_HAND
    choices = "\n".join(f"- {purpose}: {PURPOSE_WORDS[purpose]}" for purpose in purposes)
    rights = "\n".join(f"- {right}" for right in RIGHTS)
    kept = (
        "The face template, the photos given for it and the places of your face in our photos"
        if recognition
        else "The places of your face in our photos"
    )
    return (
        "Photos of you: what you may allow, and what happens then\n"
        "\n"
        f"{controller} keeps photos in which you may be seen. We ask what you allow us to do with them.\n"
        "\n"
        f"{what}\n"
        "\n"
        "You choose. Each of these is separate, and you may choose none:\n"
        f"{choices}\n"
        "\n"
        "It is your free choice. Saying no has no disadvantage for you. For a child, a parent or guardian signs.\n"
        "\n"
        f"How long: your consent ends {retention_days} days after you give it, or on an earlier day that you name, or "
        f"when you withdraw it. {kept} are erased then. Your name, the signed form, the receipt and the record of "
        f"searches about you are kept as evidence for at most {evidence_days} days longer.\n"
        "\n"
        "Taking it back: at any time, for all or for one of these. Tell us, without a reason: "
        f"{contact}. Copies that were published before stay where others have put them; we cover or remove ours.\n"
        "\n"
        f"Who has it: {controller}, {location}. Who gets it: {'; '.join(recipients)}. It is not sold, not used to "
        "watch anybody, and no computer decides anything about you by itself.\n"
        "\n"
        "Your rights:\n"
        f"{rights}\n"
        f"You may complain to {authority}.\n"
        "\n"
        f"Why we may do this: {lawful_basis}. Questions: {controller}, {contact}.\n"
    )


_WHAT_RECOGNITION = (
    "If you allow it, a computer measures your face in a few photos that you give us for this and keeps the result, "
    "a face template. It compares the faces in our photos with it to tell which photos you are in. People look at "
    "what it finds, because it can be wrong. To tell that a face is not yours, the faces of other people are measured "
    "for a moment too; of that nothing is kept. You may also allow your face to be seen without any face recognition: "
    "then no template is made, and we mark by hand which photos you are in."
)
_WHAT_BY_HAND = (
    "We do not use face recognition on you, and no face template is made. If you allow your face to be seen, we mark "
    "by hand which photos you are in. The faces of everybody else are covered before photos are published."
)
