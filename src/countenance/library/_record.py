"""The controller's record of processing activities (GDPR Art. 30(1)): what the software knows, and marks for the rest.

It counts people and names none. What only the controller can know is marked as to be filled in, never guessed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from countenance.consent import Policy, State, wording_in
from countenance.library._documents import Block, Document, Facts, Items, Paragraph, Section
from countenance.library._policy_words import ENGLISH
from countenance.ports import Person, PhotoState, PolicyVersion, PublicationState, Reading
from countenance.vision import ModelCard, catalogue

_WORDS = wording_in("en")


def record_of_processing(reading: Reading) -> Document:
    """Write the record as things stand at the reading's moment.

    Raises:
        ModelFileWrong: the card of a model cannot be read.
    """
    version = reading.policies()[-1]
    policy = version.policy
    models = [card for card in catalogue() if policy.recognition or card.task == "detect"]
    return Document(
        language="en",
        title="Record of processing activities",
        lead=f"{policy.controller}: photos of people who allow it are found and shown, those of all others covered "
        "(GDPR Article 30(1)).",
        sections=(
            Section("controller", "(a) The controller", tuple(_controller(policy))),
            Section("purposes", "(b) The purposes of the processing", tuple(_purposes(policy))),
            Section("categories", "(c) People and personal data", tuple(_categories(policy, reading))),
            Section("recipients", "(d) Recipients", tuple(_recipients(policy))),
            Section("transfers", "(e) Transfers to third countries", tuple(_transfers())),
            Section("erasure", "(f) Time limits for erasure", tuple(_erasure(policy))),
            Section("security", "(g) Technical and organisational security measures", tuple(_security(policy))),
            Section("models", "The models that look at photos", tuple(_models(policy, models))),
            Section("policy", "The policy that this follows", (_policy(version),)),
        ),
        foot=f"Written on {ENGLISH.date(reading.now)} from what the library holds. Nobody is named in it. The "
        "controller answers for it, and completes what is marked.",
    )


def _controller(policy: Policy) -> Iterator[Block]:
    yield Facts((("Controller", policy.controller), ("Contact", policy.contact)))
    yield _fill(
        "a joint controller, a representative and a data protection officer with their contact details, or none"
    )


def _purposes(policy: Policy) -> Iterator[Block]:
    yield Facts(tuple((str(purpose), _WORDS.purposes[purpose]) for purpose in policy.purposes))
    yield Paragraph("Faces of people who did not allow be-shown are covered in the copies that are published.")
    yield Facts((("Legal basis", policy.lawful_basis), ("Law", policy.jurisdiction)))
    momentary = " and, where people are recognised, measured for a moment" if policy.recognition else ""
    yield _fill(
        f"on what basis the faces of people who signed nothing are looked for{momentary}, and where the data "
        "protection impact assessment is kept"
    )


def _categories(policy: Policy, reading: Reading) -> Iterator[Block]:
    people = reading.people()
    photos = Counter(photo.state for photo in reading.photos())
    copies = sum(one.state is not PublicationState.PENDING for one in reading.publications())
    yield Paragraph("Categories of people, with how many there are:")
    yield Facts(
        (
            *_counted(people),
            ("People in photos who signed nothing", "not counted: they are not told apart"),
            ("Staff", "whoever uses the library, by account name in the ledger"),
        )
    )
    yield Paragraph("Categories of personal data:")
    yield Items((*_data(policy), "of people who signed nothing: the places of faces in photos, and nothing else"))
    templates = sum(person.has_template for person in people)
    yield Facts(
        (
            ("Face templates kept", f"{templates:,} (biometric data, GDPR Article 9)"),
            ("Photos indexed", f"{photos[PhotoState.DONE]:,}"),
            ("Covered copies published", f"{copies:,}"),
        )
    )
    yield _fill("what else the photos themselves show of people: places, occasions, health, belief")


def _counted(people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    states = Counter(person.state for person in people)
    children = sum(person.child for person in people)
    yield "People whose consent is in force", f"{states[State.GIVEN]:,}"
    yield "People whose consent waits to be confirmed", f"{states[State.WAITING]:,}"
    yield "People whose consent has expired, kept as evidence", f"{states[State.EXPIRED]:,}"
    yield "People who withdrew, kept as evidence", f"{states[State.WITHDRAWN]:,}"
    yield "Of all these, people for whom a guardian signed", f"{children:,}"


def _data(policy: Policy) -> tuple[str, ...]:
    return (
        *_WORDS.data[policy.recognition],
        "the guardian's name, where one signed",
        "the ledger's entries about a person: each search with its reason, each publication, each change of consent",
    )


def _recipients(policy: Policy) -> Iterator[Block]:
    yield Items(
        (
            *policy.recipients,
            "the people concerned: their receipts, the photos they are in, their export",
            "whoever sees published copies: the faces of those who allowed be-shown",
        )
    )
    yield _fill("processors that keep the library or its backups for the controller, or none")


def _transfers() -> Iterator[Block]:
    yield Paragraph("None by the software: it opens no connection to any network.")
    yield _fill("whether the computer, a backup or a place of publication lies in a third country, and the safeguards")


def _erasure(policy: Policy) -> Iterator[Block]:
    span = ENGLISH.span
    made = "face template, enrolment photos and places in photos" if policy.recognition else "places in photos"
    yield Facts(
        (
            (
                f"What is made of a face ({made})",
                (
                    f"with the consent: at most {span(policy.retention_days)}, for a child "
                    f"{span(policy.child_retention_days)}; on withdrawal at once"
                ),
            ),
            (
                "Name, receipt and signed form",
                f"at most {span(policy.evidence_days)} after the consent has ended",
            ),
            (
                "The ledger's entries about a person",
                "until then; afterwards their keys are destroyed and they open for nobody",
            ),
            (
                "The controller's own part of each search and listing: by which account, and why",
                (
                    f"{span(policy.search_record_days)} from the end of the month in which it was; then its key is "
                    "destroyed"
                ),
            ),
            (
                "Of people who signed nothing",
                "nothing is kept but the places of faces, as long as the photo is indexed",
            ),
        )
    )
    yield _fill("how long the photos themselves and the published copies are kept")


def _security(policy: Policy) -> Iterator[Block]:
    yield Items(
        (
            (
                "templates, enrolment photos, names, receipts and forms are encrypted with AES-256-GCM under keys of "
                "each person's own; the master key is kept outside the library's folder"
            ),
            "erasure destroys the keys of what is erased, and wipes the bytes from the files",
            (
                "each search, publication and change of consent is in a ledger that shows tampering; a search is "
                "recorded before it is answered"
            ),
            "a template, an answer and a publication need a live consent in the same transaction",
            *_against_trawling(policy),
            "the software opens no connection; each model file is checked against its SHA-256",
            (
                "faces are covered by an opaque fill, in a copy without metadata; each copy is looked at again before "
                "it is placed"
            ),
        )
    )
    yield _fill(
        "who may use the computer, how its disk and the backups are protected, where the master key is kept, and how "
        "staff are instructed"
    )


def _against_trawling(policy: Policy) -> tuple[str, ...]:
    if not policy.staff_search:
        return ()
    return (f"one account finds at most {policy.people_found_per_day:,} different people in a day",)


def _models(policy: Policy, models: Sequence[ModelCard]) -> Iterator[Block]:
    if not policy.recognition:
        yield Paragraph("Nobody is recognised: only faces are looked for, and no face is measured.")
    does = {"detect": "finds faces", "embed": "measures faces for comparison"}
    yield Facts(
        tuple(
            (
                f"{card.name} {card.version}",
                f"{does.get(card.task, card.task)}; licence {card.licence}; SHA-256 {card.sha256}",
            )
            for card in models
        )
    )
    yield Paragraph("None of them infers age, sex, origin or emotion, and none decides anything by itself.")


def _policy(version: PolicyVersion) -> Facts:
    policy = version.policy
    return Facts(
        (
            ("Policy", f"number {version.number}, in force since {ENGLISH.date(version.since)}"),
            ("SHA-256", policy.sha256),
            ("Regions", ", ".join(policy.regions) or "not stated"),
            ("Supervisory authority", policy.authority),
        )
    )


def _fill(what: str) -> Paragraph:
    return Paragraph(f"To be filled in by the controller: {what}.", to_fill_in=True)
