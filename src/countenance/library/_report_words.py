"""The words of a transparency report, in English and in French."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from countenance.journeys.report import NOT_STATED, Counted, Outcome, Way
from countenance.ledger import ReasonClass
from countenance.library._policy_words import in_french_type


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWords:
    """Every word of a report in one language that the policy's page has not; marks in braces are filled in.

    `counted` says what each number counts, as a line of a table; `figures` the same in short.
    """

    title: str
    lead: str
    period: str
    glance: str
    glance_about: str
    figures: Mapping[Counted, str]
    counted: Mapping[Counted, str]
    few: str
    few_in_month: str
    few_each_month: str
    not_kept: str
    month: str
    number: str
    plot: str
    short_months: tuple[str, ...]
    searches: str
    searches_about: str
    nobody_searches: str
    by_month: str
    by_staff: str
    by_themselves: str
    by_purpose: str
    purpose: str
    by_reason: str
    reason: str
    reasons: Mapping[str, str]
    by_way: str
    way: str
    ways: Mapping[str, str]
    by_outcome: str
    outcome: str
    outcomes: Mapping[str, str]
    people: str
    people_about: str
    people_by_month: str
    enrolled: str
    withdrawn: str
    consents: str
    deed: str
    matches: str
    matches_about: str
    said: str
    photos: str
    photos_about: str
    published: str
    reading: str
    reading_about: tuple[str, ...]
    not_counted: str
    sealed: str
    rules: str
    policy: str
    in_force: str
    fingerprint: str
    fingerprint_about: str
    entries: str
    root: str
    public_key: str
    checkpoint: str
    foot: str


ENGLISH: Final = ReportWords(
    title="Transparency report: faces in our photos",
    lead=(
        "{controller}, {period}. How often people were searched for in the photos and why, how many people joined and "
        "left, and what was published."
    ),
    period="{first} to {last}",
    glance="At a glance",
    glance_about="Everything is counted in fives, so that no small number can point to anybody.",
    figures=MappingProxyType(
        {
            Counted.STAFF: "searches by staff",
            Counted.ENROLLED: "people enrolled",
            Counted.WITHDRAWN: "consents taken back",
            Counted.PUBLISHED: "photos published, with faces covered",
        }
    ),
    counted=MappingProxyType(
        {
            Counted.STAFF: "Staff searched for somebody (be-found)",
            Counted.OWN: "People had their own photos looked up (find-me)",
            Counted.SEARCH_REFUSED: "Refused: too many people found in one day",
            Counted.ENROLLED: "People enrolled",
            Counted.RENEWED: "Consents given anew",
            Counted.WITHDRAWN: "Consents taken back, in whole or in part",
            Counted.ENDED: "Consents that had run out: what was made of the face was erased",
            Counted.FORGOTTEN: "People of whom the last evidence was erased",
            Counted.HELD: "Enrolments held for a second look: the face seemed to be enrolled already",
            Counted.TURNED_AWAY: "Forms refused: used before, or too many in one day",
            Counted.EXPORTED: "Requests for what is kept about a person",
            Counted.FALSE: "Possible matches reported as false",
            Counted.CONFIRMED: "Possible matches confirmed",
            Counted.TAGGED: "Faces marked by hand, without a match",
            Counted.PUBLISHED: "Photos published",
            Counted.COVERED: "Faces covered in them",
        }
    ),
    few="few or none",
    few_in_month="0\N{EN DASH}4",
    few_each_month="{caption}: few or none in each.",
    not_kept="not kept",
    month="Month",
    number="Number",
    plot="Columns by month. The table below has the numbers.",
    short_months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    searches="Searches",
    searches_about=(
        "Staff find only people who have allowed it, and must give a reason each time, which the person can read. "
        "People may have the photos that they are in looked up for themselves, without a reason."
    ),
    nobody_searches="Under the policy in force now, staff do not search for people.",
    by_month="Searches by month",
    by_staff="By staff",
    by_themselves="For people themselves",
    by_purpose="Searches by purpose",
    purpose="Purpose",
    by_reason="Why staff searched",
    reason="Reason",
    reasons=MappingProxyType(
        {
            ReasonClass.REQUEST: "The person or their guardian asked",
            ReasonClass.PUBLISHING: "To choose what to publish",
            ReasonClass.ARCHIVE: "To order the collection",
            ReasonClass.SAFETY: "To protect somebody",
            ReasonClass.LEGAL: "For a legal duty or claim",
            ReasonClass.OTHER: "For another reason",
            NOT_STATED: "The kind of reason was not stated",
        }
    ),
    by_way="How staff searched",
    way="Searched with",
    ways=MappingProxyType({Way.PHOTO: "A photo of somebody", Way.NAME: "The name of somebody"}),
    by_outcome="What staff found",
    outcome="Outcome",
    outcomes=MappingProxyType({Outcome.FOUND: "A possible match", Outcome.NOTHING: "Nobody"}),
    people="People and their consent",
    people_about=(
        "Nobody is enrolled who has not signed for it; for a child, a parent or guardian signs. Everybody may take it "
        "back at any time, without a reason."
    ),
    people_by_month="Who joined and who left, by month",
    enrolled="Enrolled",
    withdrawn="Consent taken back",
    consents="What became of consents",
    deed="What was done",
    matches="Was the program right?",
    matches_about=(
        "The program only says that a face possibly matches. What a person says about it counts from then on, and for "
        "good."
    ),
    said="What people said",
    photos="Published photos",
    photos_about=(
        "Before a photo is published, the face of everybody is covered who has not allowed to be shown. A photo that "
        "is covered anew counts again."
    ),
    published="What was published",
    reading="How to read these numbers",
    reading_about=(
        (
            "They are counted from the library's ledger: what is done is written into it when it is done, and cannot "
            "be changed without being noticed."
        ),
        (
            "No number here is exact, so that nobody can be picked out by one. Everything is shown in fives: when "
            "five have come together, five are shown, in the month of the fifth. What is left over at the end of June "
            "and of December is never shown."
        ),
        (
            "“Few or none” (in a month: 0\N{EN DASH}4) means that no five had come together. It never means that "
            "there was certainly nothing."
        ),
        (
            "A number is at most 4 away from the truth for each half-year: a month that shows 5 may have had 1 to 9. A "
            "line about the reasons, ways or outcomes of searches is at most 15 away; each of these tables adds up to "
            "the searches by staff."
        ),
        "What is counted is what was done, not to how many people: five searches may be about one person.",
    ),
    not_counted=(
        "The searches of {months} are not counted: who searched and why is on record for {span}, and that has ended."
    ),
    sealed=(
        "Of the entries of the whole ledger, {number} can be read by nobody any more, because the keys to them were "
        "erased. They are not counted."
    ),
    rules="The rules, and whom to ask",
    policy="Policy {number}",
    in_force="in force since {date}; its SHA-256 is {digest}",
    fingerprint="The fingerprint of the ledger",
    fingerprint_about=(
        "This stands for the ledger as it was when the report was made, signed by the library. Keep it: whoever has it "
        "can find out later whether anything in the ledger up to then was changed."
    ),
    entries="Entries of all kinds",
    root="Root (SHA-256)",
    public_key="Public key, as on each receipt",
    checkpoint="The signed checkpoint, to keep",
    foot="Made on {date} with Countenance, from the ledger. Nobody is named on this page.",
)
_UNSET_FRENCH: Final = ReportWords(
    title="Rapport de transparence : les visages sur nos photos",
    lead=(
        "{controller}, {period}. Combien de fois et pourquoi des personnes ont été recherchées sur les photos, combien "
        "se sont inscrites ou retirées, et ce qui a été publié."
    ),
    period="de {first} à {last}",
    glance="En bref",
    glance_about="Tout est compté par cinq, afin qu'aucun petit nombre ne puisse désigner quelqu'un.",
    figures=MappingProxyType(
        {
            Counted.STAFF: "recherches par le personnel",
            Counted.ENROLLED: "personnes inscrites",
            Counted.WITHDRAWN: "consentements retirés",
            Counted.PUBLISHED: "photos publiées, visages masqués",
        }
    ),
    counted=MappingProxyType(
        {
            Counted.STAFF: "Le personnel a cherché quelqu'un (be-found)",
            Counted.OWN: "Des personnes ont fait chercher leurs propres photos (find-me)",
            Counted.SEARCH_REFUSED: "Refus : trop de personnes trouvées en un jour",
            Counted.ENROLLED: "Personnes inscrites",
            Counted.RENEWED: "Consentements renouvelés",
            Counted.WITHDRAWN: "Consentements retirés, en tout ou en partie",
            Counted.ENDED: "Consentements arrivés à leur terme : ce qui avait été tiré du visage a été effacé",
            Counted.FORGOTTEN: "Personnes dont les dernières preuves ont été effacées",
            Counted.HELD: "Inscriptions retenues pour un second examen : le visage semblait déjà inscrit",
            Counted.TURNED_AWAY: "Formulaires refusés : déjà utilisés, ou trop nombreux en un jour",
            Counted.EXPORTED: "Demandes de ce qui est conservé sur une personne",
            Counted.FALSE: "Correspondances possibles signalées comme fausses",
            Counted.CONFIRMED: "Correspondances possibles confirmées",
            Counted.TAGGED: "Visages désignés à la main, sans correspondance",
            Counted.PUBLISHED: "Photos publiées",
            Counted.COVERED: "Visages masqués sur ces photos",
        }
    ),
    few="peu ou pas",
    few_in_month="0\N{EN DASH}4",
    few_each_month="{caption} : peu ou pas, chaque mois.",
    not_kept="effacé",
    month="Mois",
    number="Nombre",
    plot="Colonnes par mois. Les nombres sont dans le tableau qui suit.",
    short_months=(
        *("janv.", "févr.", "mars", "avril", "mai", "juin"),
        *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
    ),
    searches="Recherches",
    searches_about=(
        "Le personnel ne trouve que les personnes qui l'ont autorisé, et doit chaque fois indiquer un motif, que la "
        "personne peut lire. Chacun peut faire chercher pour soi-même les photos où il figure, sans motif."
    ),
    nobody_searches="Selon la politique en vigueur, le personnel ne cherche personne.",
    by_month="Recherches par mois",
    by_staff="Par le personnel",
    by_themselves="Pour soi-même",
    by_purpose="Recherches par finalité",
    purpose="Finalité",
    by_reason="Pourquoi le personnel a cherché",
    reason="Motif",
    reasons=MappingProxyType(
        {
            ReasonClass.REQUEST: "À la demande de la personne, ou de son tuteur",
            ReasonClass.PUBLISHING: "Pour choisir ce qui sera publié",
            ReasonClass.ARCHIVE: "Pour classer la collection",
            ReasonClass.SAFETY: "Pour protéger quelqu'un",
            ReasonClass.LEGAL: "Pour une obligation légale ou une action en justice",
            ReasonClass.OTHER: "Pour un autre motif",
            NOT_STATED: "Sans indication du type de motif",
        }
    ),
    by_way="Comment le personnel a cherché",
    way="À partir de",
    ways=MappingProxyType({Way.PHOTO: "La photo de quelqu'un", Way.NAME: "Le nom de quelqu'un"}),
    by_outcome="Ce que le personnel a trouvé",
    outcome="Résultat",
    outcomes=MappingProxyType({Outcome.FOUND: "Une correspondance possible", Outcome.NOTHING: "Personne"}),
    people="Les personnes et leur consentement",
    people_about=(
        "Personne n'est inscrit sans l'avoir signé ; pour un enfant, c'est un parent ou un tuteur qui signe. Chacun "
        "peut revenir sur son choix à tout moment, sans donner de raison."
    ),
    people_by_month="Inscriptions et retraits par mois",
    enrolled="Inscriptions",
    withdrawn="Retraits",
    consents="Ce que sont devenus les consentements",
    deed="Ce qui a été fait",
    matches="Le programme avait-il raison ?",
    matches_about=(
        "Le programme dit seulement qu'un visage correspond peut-être. Ce qu'une personne en dit l'emporte, "
        "définitivement."
    ),
    said="Ce que des personnes ont dit",
    photos="Photos publiées",
    photos_about=(
        "Avant qu'une photo soit publiée, le visage de quiconque n'a pas autorisé à être montré est masqué. Une photo "
        "masquée de nouveau compte encore une fois."
    ),
    published="Ce qui a été publié",
    reading="Comment lire ces nombres",
    reading_about=(
        (
            "Ils sont tirés du registre de la photothèque : ce qui est fait y est inscrit au moment où c'est fait, et "
            "ne peut être changé sans que cela se voie."
        ),
        (
            "Aucun nombre n'est exact ici, afin que personne ne puisse être reconnu par l'un d'eux. Tout est montré "
            "par cinq : quand cinq cas se sont réunis, on en montre cinq, dans le mois du cinquième. Ce qui reste à "
            "la fin de juin et de décembre n'est jamais montré."
        ),
        (
            "« Peu ou pas » (pour un mois : 0\N{EN DASH}4) veut dire que cinq cas ne s'étaient pas réunis. Cela ne "
            "veut jamais dire qu'il n'y en a certainement eu aucun."
        ),
        (
            "Un nombre s'écarte de la vérité de 4 au plus par semestre : un mois qui montre 5 peut en avoir eu 1 à 9. "
            "Une ligne sur les motifs, les moyens ou les résultats des recherches s'en écarte de 15 au plus ; la somme "
            "de chacun de ces tableaux est celle des recherches par le personnel."
        ),
        "On compte ce qui a été fait, et non les personnes : cinq recherches peuvent concerner une seule personne.",
    ),
    not_counted=(
        "Les recherches de ces mois ne sont pas comptées : {months}. Qui a cherché et pourquoi reste consigné {span}, "
        "et ce délai est passé."
    ),
    sealed=(
        "Parmi les entrées de tout le registre, {number} ne peuvent plus être lues par personne, parce que leurs clés "
        "ont été effacées. Elles ne sont pas comptées."
    ),
    rules="Les règles, et à qui s'adresser",
    policy="Politique {number}",
    in_force="en vigueur depuis le {date} ; son SHA-256 : {digest}",
    fingerprint="L'empreinte du registre",
    fingerprint_about=(
        "Voici l'empreinte du registre tel qu'il était quand ce rapport a été établi, signée par la photothèque. "
        "Gardez-la : qui la possède peut découvrir plus tard si quelque chose a été changé dans le registre jusque-là."
    ),
    entries="Entrées de toute sorte",
    root="Racine (SHA-256)",
    public_key="Clé publique, comme sur chaque récépissé",
    checkpoint="Le point de contrôle signé, à garder",
    foot="Établi le {date} avec Countenance, à partir du registre. Cette page ne nomme personne.",
)
REPORT_WORDS: Final[Mapping[str, ReportWords]] = MappingProxyType({"en": ENGLISH, "fr": in_french_type(_UNSET_FRENCH)})
