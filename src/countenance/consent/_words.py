"""The plain words that notices and receipts are made of; a controller may write its own notice instead."""

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

# What a drafted policy says where nothing was asked: true of every controller, and the plain notices know them.
AUTHORITY = "the data protection authority of the controller's place of establishment"
JURISDICTION = "the law of the controller's place of establishment"
LOCATION = "on the controller's own computers, at its place of establishment"
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
