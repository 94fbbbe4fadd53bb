"""What the printed receipt says around the receipt's own words, as the person would, in English and in French."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType


def _typeset(text: str) -> str:
    """Set French type: a blank that does not break before `; : ? !`, and a round apostrophe."""
    for mark in ";:?!":
        text = text.replace(f" {mark}", f"\N{NO-BREAK SPACE}{mark}")
    return text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")


# `{...}` stands for what the receipt says; both tables have the same keys, which the page's marks are named for.
_ENGLISH = {
    "language": "en",
    "title": "My consent",
    "lead": "My receipt from {controller}: what I allow, until when, and how I take it back.",
    "signed_by": "Signed for me by {guardian}",
    "given": "Given",
    "until": "Ends",
    "allowed": "What I allow",
    "with_template": "To recognise me, a face template is made from photos of me and compared with faces in photos.",
    "without_template": "No face recognition: nothing is computed from my face.",
    "withdraw": "How I take it back",
    "code": "My private code",
    "by_hand": "Give or send this code to {contact}. It says whose consent it is; no reason is needed.",
    "by_address": "Scan the code, or open the address below it. No reason is needed.",
    "keep_code": "It stands only here. Keep it to yourself: whoever has it can use it in my name.",
    "rights": "I have the right",
    "controller": "Who answers for it",
    "authority": "Where I can complain",
    "basis": "Why it is lawful",
    "data": "What is kept",
    "kept": "For how long",
    "where": "Where",
    "recipients": "Who else gets it",
    "ledger": "Fingerprint of the ledger on this day",
    "ledger_use": (
        "Whatever is done with faces here is written into a ledger. I keep its state of this day: should somebody "
        "change afterwards what stood in it, these lines show it."
    ),
    "receipt": "Receipt",
    "fingerprint": "fingerprint",
    "notice": "text I was shown",
    "signed": "It comes as a signed file too, which anybody can check with the library's public key:",
    "withdrawn": "taken back on {day}",
    "face": "not yet: it waits for an approval",
    "steward": "not yet: it waits for an approval",
    "link": "not yet: it begins when my private code is used",
    "link-or-steward": "not yet: it begins when my private code is used, or is approved",
    "ended": "This consent ended on {day}.",
    "months": "January February March April May June July August September October November December",
    "first": "1",
    "semicolon": "; ",
}
_FRENCH = {
    key: _typeset(text)
    for key, text in {
        "language": "fr",
        "title": "Mon consentement",
        "lead": "Mon récépissé de {controller} : ce que j'autorise, jusqu'à quand, et comment revenir sur mon choix.",
        "signed_by": "Signé pour moi par {guardian}",
        "given": "Donné le",
        "until": "Prend fin le",
        "allowed": "Ce que j'autorise",
        "with_template": (
            "Pour me reconnaître, un gabarit biométrique est calculé à partir de photos de moi et comparé aux visages "
            "des photos."
        ),
        "without_template": "Pas de reconnaissance faciale : rien n'est calculé à partir de mon visage.",
        "withdraw": "Comment je reviens sur mon choix",
        "code": "Mon code personnel",
        "by_hand": (
            "Donnez ou envoyez ce code à {contact}. Il indique de quel consentement il s'agit ; aucune raison n'est "
            "demandée."
        ),
        "by_address": "Scannez le code, ou ouvrez l'adresse écrite dessous. Aucune raison n'est demandée.",
        "keep_code": "Il ne figure qu'ici. Gardez-le pour vous : qui le détient peut s'en servir en mon nom.",
        "rights": "J'ai le droit de",
        "controller": "Qui en répond",
        "authority": "Où je peux me plaindre",
        "basis": "Pourquoi c'est licite",
        "data": "Ce qui est conservé",
        "kept": "Pour combien de temps",
        "where": "Où",
        "recipients": "Qui d'autre les reçoit",
        "ledger": "Empreinte du registre à ce jour",
        "ledger_use": (
            "Tout ce qui est fait ici avec des visages est inscrit dans un registre. J'en garde l'état à ce jour : si "
            "quelqu'un modifie après coup ce qui y figurait, ces lignes le montrent."
        ),
        "receipt": "Récépissé",
        "fingerprint": "empreinte",
        "notice": "texte qui m'a été présenté",
        "signed": (
            "Il existe aussi comme fichier signé, que chacun peut vérifier avec la clé publique de la photothèque :"
        ),
        "withdrawn": "retiré le {day}",
        "face": "pas encore : en attente d'une approbation",
        "steward": "pas encore : en attente d'une approbation",
        "link": "pas encore : commence quand mon code personnel est utilisé",
        "link-or-steward": "pas encore : commence quand mon code personnel est utilisé, ou approuvé",
        "ended": "Ce consentement a pris fin le {day}.",
        "months": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "first": "1er",
        "semicolon": " ; ",
    }.items()
}
LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": _ENGLISH, "fr": _FRENCH})


def labels_in(language: str) -> Mapping[str, str]:
    """Give the labels of a language (a tag such as fr-CA); of one that the house does not speak, the English."""
    return LABELS.get(language.partition("-")[0].lower(), _ENGLISH)


def day(moment: datetime, labels: Mapping[str, str]) -> str:
    """Give the day of a moment (UTC) as it is written in the labels' language: 1er juillet 2026."""
    moment = moment.astimezone(UTC)
    number = labels["first"] if moment.day == 1 else str(moment.day)
    return f"{number} {labels['months'].split()[moment.month - 1]} {moment.year}"
