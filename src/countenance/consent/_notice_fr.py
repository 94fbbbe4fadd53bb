"""The plain notice in French: the same facts, in the same order, in words that a parent understands."""

from types import MappingProxyType

from countenance.consent._notice import NoticeFacts
from countenance.consent._values import Purpose
from countenance.consent._words_fr import POLICY_PHRASES, PURPOSE_WORDS, RIGHTS, typeset


def notice_fr(facts: NoticeFacts) -> str:
    """Write the notice in plain French; what the controller wrote itself stays in the controller's own words."""
    kept = _KEPT_RECOGNITION if facts.recognition else _KEPT_BY_HAND
    child = _CHILD if facts.child_retention_days < facts.retention_days else ""
    waits = _WAITS.get(facts.be_found_waits, "") if Purpose.BE_FOUND in facts.purposes else ""

    def said(text: str) -> str:
        return POLICY_PHRASES.get(text, text)

    return typeset(_FRAME).format(
        controller=facts.controller,
        contact=facts.contact,
        authority=said(facts.authority),
        location=said(facts.location),
        recipients=typeset(" ; ").join(said(recipient) for recipient in facts.recipients),
        lawful_basis=said(facts.lawful_basis),
        what=typeset(_WHAT_RECOGNITION if facts.recognition else _WHAT_BY_HAND),
        choices="\n".join(typeset(f"- {purpose} : {PURPOSE_WORDS[purpose]}") for purpose in facts.purposes),
        waits=typeset(waits),
        kept=typeset(kept),
        child=typeset(child).format(days=facts.child_retention_days),
        rights="\n".join(f"- {right}" for right in RIGHTS),
        retention_days=facts.retention_days,
        evidence_days=facts.evidence_days,
    )


_WHAT_RECOGNITION = (
    "Si vous l'autorisez, un ordinateur mesure votre visage sur quelques photos que vous nous donnez pour cela, et "
    "conserve le résultat : un gabarit biométrique. Il y compare les visages de nos photos pour savoir sur lesquelles "
    "vous figurez. Des personnes vérifient ce qu'il trouve, car il peut se tromper. Pour savoir qu'un visage n'est pas "
    "le vôtre, les visages des autres sont eux aussi mesurés, un instant ; rien n'en est conservé. Vous pouvez "
    "également permettre que votre visage soit visible sans aucune reconnaissance faciale : aucun gabarit n'est alors "
    "créé, et nous indiquons à la main sur quelles photos vous figurez."
)
_WHAT_BY_HAND = (
    "Nous n'utilisons pas la reconnaissance faciale sur vous, et aucun gabarit biométrique n'est créé. Si vous "
    "permettez que votre visage soit visible, nous indiquons à la main sur quelles photos vous figurez. Les visages de "
    "toutes les autres personnes sont masqués avant que les photos soient publiées."
)
_KEPT_RECOGNITION = (
    "Le gabarit biométrique, les photos données pour l'établir et les emplacements de votre visage sur nos photos"
)
_KEPT_BY_HAND = "Les emplacements de votre visage sur nos photos"
_CHILD = "Celui d'un enfant prend fin au bout de {days} jours, car un jeune visage change. "
_WAITS = MappingProxyType(
    {
        "link": (
            "be-found ne commence que lorsque vous avez ouvert votre lien personnel, imprimé sur votre récépissé.\n"
        ),
        "steward": "be-found ne commence que lorsqu'un second responsable a approuvé votre inscription.\n",
        "link-or-steward": (
            "be-found ne commence que lorsque vous avez ouvert votre lien personnel, imprimé sur votre récépissé, ou "
            "lorsqu'un second responsable a approuvé votre inscription.\n"
        ),
    }
)
_FRAME = """\
Des photos de vous : ce que vous pouvez autoriser, et ce qui se passe ensuite

{controller} conserve des photos sur lesquelles on peut vous voir. Nous vous demandons ce que vous nous permettez d'en \
faire.

{what}

C'est vous qui choisissez. Chacun de ces points est indépendant des autres, et vous pouvez n'en choisir aucun :
{choices}
{waits}
Vous êtes libre de votre choix. Dire non ne vous désavantage en rien. Pour un enfant, c'est un parent ou \
un tuteur qui signe.

Pour combien de temps : votre consentement prend fin {retention_days} jours après que vous l'avez donné, ou à une date \
plus proche que vous indiquez, ou lorsque vous le retirez. {child}{kept} sont alors effacés. Votre nom, le formulaire \
signé, le récépissé et le registre des recherches à votre sujet sont conservés comme preuves pendant au plus \
{evidence_days} jours de plus.

Revenir sur votre choix : à tout moment, pour tout ou pour l'un de ces points. Dites-le-nous, sans donner de raison : \
{contact}. Les copies publiées auparavant restent là où d'autres les ont mises ; les nôtres, nous les masquons ou les \
retirons.

Qui détient ces données : {controller}, {location}. Qui les reçoit : {recipients}. Elles ne sont ni vendues ni \
utilisées pour surveiller qui que ce soit, et aucun ordinateur ne prend seul une décision à votre sujet.

Vos droits :
{rights}
Vous pouvez vous plaindre auprès de l'organisme suivant : {authority}.

Ce qui nous y autorise : {lawful_basis}. Questions : {controller}, {contact}.
"""
