"""The words of the policy's page, in English and in French; what a controller wrote itself is never translated."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from countenance.consent import Purpose, typeset_french

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Days in what people call a year; a policy counts in days.
YEAR_DAYS: Final = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """Every word of the page in one language; marks in braces are filled in."""

    title: str
    lead: str
    lead_by_hand: str
    choices: str
    choices_about: str
    purposes: Mapping[Purpose, str]
    entry: str
    entry_about: str
    waits: Mapping[str, str]
    strangers: str
    strangers_about: str
    strangers_measured: str
    times: str
    consent: str
    consent_lasts: str
    child: str
    child_lasts: str
    evidence: str
    evidence_lasts: str
    record: str
    record_lasts: str
    searchers: str
    nobody_searches: str
    roles: Mapping[str, str]
    searching: str
    searching_limit: str
    withdrawing: str
    withdrawing_about: tuple[str, str]
    parties: str
    controller: str
    contact: str
    location: str
    recipients: str
    basis: str
    law: str
    regions: str
    use: str
    use_about: str
    rights: str
    complaint: str
    notices: str
    languages: Mapping[str, str]
    foot: str
    day: str
    days: str
    year: str
    years: str
    thousands: str
    months: tuple[str, ...]
    first: str

    def span(self, days: int) -> str:
        """Say a number of days as people do: 3 years (1,095 days)."""
        count = f"{days:,}".replace(",", self.thousands)
        said = f"{count} {self.day if days == 1 else self.days}"
        years, rest = divmod(days, YEAR_DAYS)
        return said if rest else f"{years} {self.year if years == 1 else self.years} ({said})"

    def date(self, moment: datetime) -> str:
        """Say a day: 4 May 2026."""
        number = self.first if moment.day == 1 else moment.day
        return f"{number} {self.months[moment.month - 1]} {moment.year}"


ENGLISH: Final = PageWords(
    title="Faces in our photos",
    lead=(
        "{controller} looks for people in its photos only if they asked for it. This page says what you may allow, for "
        "how long, and how to take it back."
    ),
    lead_by_hand=(
        "{controller} uses no face recognition on its photos. This page says what you may allow, for how long, and how "
        "to take it back."
    ),
    choices="What you may allow",
    choices_about=(
        "None of this happens unless you sign for it; for a child, a parent or guardian signs. Each is a choice of its "
        "own. Saying no has no disadvantage."
    ),
    purposes=MappingProxyType(
        {
            Purpose.FIND_ME: "Find my photos (find-me)",
            Purpose.BE_FOUND: "Be found by staff (be-found)",
            Purpose.BE_SHOWN: "Be seen (be-shown)",
        }
    ),
    entry="How you are enrolled",
    entry_about=(
        "By a form that you sign on paper. It is kept as a scan, and serves for one person once. At most {number} "
        "people are enrolled in one day. You get a receipt of what you allowed."
    ),
    waits=MappingProxyType(
        {
            "link": "be-found begins only when you have opened the private link that is printed on your receipt.",
            "steward": "be-found begins only when a second responsible person has agreed to your entry.",
            "link-or-steward": (
                "be-found begins only when you have opened the private link that is printed on your receipt, or a "
                "second responsible person has agreed to your entry."
            ),
        }
    ),
    strangers="If you sign nothing",
    strangers_about=(
        "Nobody is told who you are, and your face is covered before photos are published. A program looks for the "
        "faces, and can miss one: if you see yours, tell us."
    ),
    strangers_measured=(
        "To tell that a face belongs to nobody who signed, it is measured for a moment; of that nothing is ever stored."
    ),
    times="For how long",
    consent="Your consent",
    consent_lasts="at most {span}, or until the earlier day that you name, or until you take it back",
    child="A child's consent",
    child_lasts="at most {span}, because a young face changes",
    evidence="Name, signed form, receipt and record of searches",
    evidence_lasts="as evidence at most {span} longer than your consent; then they go too",
    record="Who looked for people, and why",
    record_lasts="we can read that for {span} from the end of the month in which it was",
    searchers="Who may search by a photo",
    nobody_searches="Nobody: staff do not search for people by a photo in this library.",
    roles=MappingProxyType(
        {
            "steward": "the people who answer for the photo library (stewards)",
            "searcher": "members of staff who were given this right (searchers)",
        }
    ),
    searching=(
        "They find only people who allowed be-found, and must give a reason each time. You can see each search that "
        "found you, with its reason."
    ),
    searching_limit="Each of them can find at most {number} different people in one day.",
    withdrawing="How to take it back",
    withdrawing_about=(
        "At any time, for all or for one of the choices: {contact}. No reason is needed, and there is no disadvantage.",
        (
            "It takes effect when it is entered: what was made of your face is erased then, and you are found and "
            "shown no more. Copies that others took of published photos stay with them; ours are covered anew or "
            "removed."
        ),
    ),
    parties="Who has the data, and by what right",
    controller="Responsible",
    contact="Contact",
    location="Where it is kept",
    recipients="Who gets it",
    basis="Legal basis",
    law="Law",
    regions="Countries and regions",
    use="What it is not used for",
    use_about="It is not sold and not used to watch anybody, and no computer decides anything about you by itself.",
    rights="Your rights, in the words of the receipt",
    complaint="You may complain to {authority}.",
    notices="The notice that people are shown before they choose",
    languages=MappingProxyType({"en": "In English", "fr": "In French (français)"}),
    foot="Policy {number}, in force since {date}. Nobody is named on this page. SHA-256 of the policy: {digest}",
    day="day",
    days="days",
    year="year",
    years="years",
    thousands=",",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    first="1",
)
_UNSET_FRENCH: Final = PageWords(
    title="Les visages sur nos photos",
    lead=(
        "{controller} ne cherche des personnes sur ses photos que si elles l'ont demandé. Cette page dit ce que vous "
        "pouvez autoriser, pour combien de temps, et comment revenir sur votre choix."
    ),
    lead_by_hand=(
        "{controller} n'utilise pas la reconnaissance faciale sur ses photos. Cette page dit ce que vous pouvez "
        "autoriser, pour combien de temps, et comment revenir sur votre choix."
    ),
    choices="Ce que vous pouvez autoriser",
    choices_about=(
        "Rien de tout cela n'a lieu sans votre signature ; pour un enfant, c'est un parent ou un tuteur qui signe. "
        "Chaque point est un choix à part. Dire non ne vous désavantage en rien."
    ),
    purposes=MappingProxyType(
        {
            Purpose.FIND_ME: "Retrouver mes photos (find-me)",
            Purpose.BE_FOUND: "Être retrouvé par le personnel (be-found)",
            Purpose.BE_SHOWN: "Être visible (be-shown)",
        }
    ),
    entry="Comment se fait l'inscription",
    entry_about=(
        "Par un formulaire que vous signez sur papier. Sa copie numérisée est conservée, et ne sert qu'une fois, pour "
        "une seule personne. Au plus {number} personnes sont inscrites par jour. Vous recevez un récépissé de "
        "ce que vous avez autorisé."
    ),
    waits=MappingProxyType(
        {
            "link": (
                "be-found ne commence que lorsque vous avez ouvert le lien personnel imprimé sur votre récépissé."
            ),
            "steward": "be-found ne commence que lorsqu'un second responsable a approuvé votre inscription.",
            "link-or-steward": (
                "be-found ne commence que lorsque vous avez ouvert le lien personnel imprimé sur votre récépissé, ou "
                "lorsqu'un second responsable a approuvé votre inscription."
            ),
        }
    ),
    strangers="Si vous ne signez rien",
    strangers_about=(
        "Personne n'apprend qui vous êtes, et votre visage est masqué avant que les photos soient publiées. Un "
        "programme cherche les visages, et peut en manquer un : si vous voyez le vôtre, dites-le-nous."
    ),
    strangers_measured=(
        "Pour savoir qu'un visage n'est celui d'aucune des personnes qui ont signé, il est mesuré un instant ; rien "
        "n'en est jamais conservé."
    ),
    times="Pour combien de temps",
    consent="Votre consentement",
    consent_lasts=(
        "au plus {span}, ou jusqu'à la date plus proche que vous indiquez, ou jusqu'à ce que vous le retiriez"
    ),
    child="Celui d'un enfant",
    child_lasts="au plus {span}, car un jeune visage change",
    evidence="Nom, formulaire signé, récépissé et registre des recherches",
    evidence_lasts="comme preuves, au plus {span} après la fin du consentement ; ils disparaissent ensuite",
    record="Qui a cherché des personnes, et pourquoi",
    record_lasts="nous pouvons le lire pendant {span} à compter de la fin du mois où cela a eu lieu",
    searchers="Qui peut chercher à partir d'une photo",
    nobody_searches="Personne : dans cette photothèque, le personnel ne cherche personne à partir d'une photo.",
    roles=MappingProxyType(
        {
            "steward": "les responsables de la photothèque (stewards)",
            "searcher": "les membres du personnel qui en ont reçu le droit (searchers)",
        }
    ),
    searching=(
        "Ils ne trouvent que les personnes qui ont autorisé be-found, et doivent chaque fois indiquer un motif. Vous "
        "pouvez voir chaque recherche qui vous a trouvé, avec son motif."
    ),
    searching_limit="Chacun d'eux peut trouver au plus {number} personnes différentes par jour.",
    withdrawing="Comment revenir sur votre choix",
    withdrawing_about=(
        (
            "À tout moment, pour tout ou pour l'un des points : {contact}. Aucune raison n'est demandée, et vous n'en "
            "subissez aucun désavantage."
        ),
        (
            "Le retrait prend effet dès qu'il est enregistré : ce qui a été tiré de votre visage est alors effacé, et "
            "on ne vous trouve ni ne vous montre plus. Les copies que d'autres ont faites de photos publiées restent "
            "chez eux ; les nôtres sont de nouveau masquées ou retirées."
        ),
    ),
    parties="Qui détient ces données, et de quel droit",
    controller="Responsable",
    contact="Contact",
    location="Où elles sont conservées",
    recipients="Qui les reçoit",
    basis="Base juridique",
    law="Droit applicable",
    regions="Pays et régions",
    use="À quoi elles ne servent pas",
    use_about=(
        "Elles ne sont ni vendues ni utilisées pour surveiller qui que ce soit, et aucun ordinateur ne prend seul une "
        "décision à votre sujet."
    ),
    rights="Vos droits, dans les mots du récépissé",
    complaint="Vous pouvez vous plaindre auprès de l'organisme suivant : {authority}.",
    notices="L'information donnée avant que l'on choisisse",
    languages=MappingProxyType({"en": "En anglais (English)", "fr": "En français"}),
    foot=(
        "Politique {number}, en vigueur depuis le {date}. Cette page ne nomme personne. SHA-256 de la politique : "
        "{digest}"
    ),
    day="jour",
    days="jours",
    year="an",
    years="ans",
    thousands="\N{NARROW NO-BREAK SPACE}",
    months=(
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    first="1er",
)


_Words = TypeVar("_Words", bound="DataclassInstance")


def in_french_type(words: _Words) -> _Words:
    """Set the words of a page in French type, before anything of a controller's own is filled in."""

    def set_type(value: object) -> object:
        match value:
            case str():
                return typeset_french(value)
            case tuple():
                return tuple(map(set_type, value))
            case _:
                return value if not isinstance(value, Mapping) else {key: set_type(one) for key, one in value.items()}

    changed: dict[str, Any] = {field.name: set_type(getattr(words, field.name)) for field in fields(words)}
    return replace(words, **changed)


FRENCH: Final = in_french_type(_UNSET_FRENCH)
PAGE_WORDS: Final[Mapping[str, PageWords]] = MappingProxyType({"en": ENGLISH, "fr": FRENCH})
