"""The plain notice in English: what GDPR Art. 13 asks for on one page, so that a parent understands it."""

from countenance.consent._notice import NoticeFacts
from countenance.consent._values import Purpose
from countenance.consent._words import PURPOSE_WORDS, RIGHTS


def notice_en(facts: NoticeFacts) -> str:
    """Write the notice in plain English."""
    what = _WHAT_RECOGNITION if facts.recognition else _WHAT_BY_HAND
    choices = "\n".join(f"- {purpose}: {PURPOSE_WORDS[purpose]}" for purpose in facts.purposes)
    waits = _WAITS.get(facts.be_found_waits) if Purpose.BE_FOUND in facts.purposes else None
    rights = "\n".join(f"- {right}" for right in RIGHTS)
    kept = (
        "The face template, the photos given for it and the places of your face in our photos"
        if facts.recognition
        else "The places of your face in our photos"
    )
    child = (
        f"A child's consent ends after {facts.child_retention_days} days, because a young face changes. "
        if facts.child_retention_days < facts.retention_days
        else ""
    )
    return (
        "Photos of you: what you may allow, and what happens then\n"
        "\n"
        f"{facts.controller} keeps photos in which you may be seen. We ask what you allow us to do with them.\n"
        "\n"
        f"{what}\n"
        "\n"
        "You choose. Each of these is separate, and you may choose none:\n"
        f"{choices}\n"
        f"{waits + chr(10) if waits else ''}"
        "\n"
        "It is your free choice. Saying no has no disadvantage for you. For a child, a parent or guardian signs.\n"
        "\n"
        f"How long: your consent ends {facts.retention_days} days after you give it, or on an earlier day that you "
        f"name, or when you withdraw it. {child}{kept} are erased then. Your name, the signed form, the receipt and "
        "the record of searches about you are kept as evidence for at most "
        f"{facts.evidence_days} days longer.\n"
        "\n"
        "Taking it back: at any time, for all or for one of these. Tell us, without a reason: "
        f"{facts.contact}. Copies that were published before stay where others have put them; we cover or remove "
        "ours.\n"
        "\n"
        f"Who has it: {facts.controller}, {facts.location}. Who gets it: {'; '.join(facts.recipients)}. It is not "
        "sold, not used to watch anybody, and no computer decides anything about you by itself.\n"
        "\n"
        "Your rights:\n"
        f"{rights}\n"
        f"You may complain to {facts.authority}.\n"
        "\n"
        f"Why we may do this: {facts.lawful_basis}. Questions: {facts.controller}, {facts.contact}.\n"
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
_WAITS = {
    "link": "be-found begins only when you have opened your private link, which is printed on your receipt.",
    "steward": "be-found begins only when a second responsible person has agreed to your entry.",
    "link-or-steward": (
        "be-found begins only when you have opened your private link, which is printed on your receipt, or a second "
        "responsible person has agreed to your entry."
    ),
}
