"""The plain words of a receipt in French; each says what its English one in `_words` says, and no more."""

from datetime import datetime

from countenance.consent._values import Purpose


def typeset(text: str) -> str:
    """Set French type: a blank that does not break before `; : ? !`, and a round apostrophe."""
    for mark in ";:?!":
        text = text.replace(f" {mark}", f"\N{NO-BREAK SPACE}{mark}")
    return text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")


PURPOSE_WORDS = {
    Purpose.FIND_ME: typeset("Je peux retrouver les photos sur lesquelles je figure. La réponse est pour moi."),
    Purpose.BE_FOUND: typeset(
        "Le personnel autorisé peut me retrouver à partir d'une photo. Il doit chaque fois indiquer un motif, et je "
        "peux voir chacune de ces recherches avec son motif."
    ),
    Purpose.BE_SHOWN: typeset(
        "Mon visage peut être visible sur les photos qui sont publiées. Sans cette autorisation, il est masqué."
    ),
}

RIGHTS = tuple(
    typeset(right)
    for right in (
        "retirer mon consentement à tout moment, sans donner de raison et sans en subir de désavantage",
        "savoir ce qui est conservé à mon sujet et en obtenir une copie",
        "faire corriger les erreurs",
        "faire effacer ce qui est conservé à mon sujet",
        "faire limiter l'usage de mes données",
        "emporter mes données dans un format courant",
        "déposer une réclamation auprès de l'autorité de contrôle",
    )
)

COLLECTION_METHOD = "un formulaire signé sur papier, dont une copie numérisée est conservée avec ce récépissé"

WITH_TEMPLATE_METHOD = typeset(
    "un ordinateur mesure le visage sur les photos données à cet effet et garde le résultat, un gabarit biométrique ; "
    "les visages des photos de la photothèque y sont comparés ; une correspondance n'est qu'une possibilité, que des "
    "personnes vérifient, et rien n'est décidé automatiquement"
)
WITHOUT_TEMPLATE_METHOD = typeset(
    "aucun gabarit biométrique n'est créé ; le personnel indique à la main où la personne figure sur une photo, et "
    "rien n'est décidé automatiquement"
)

WITH_TEMPLATE_DATA = (
    "le nom",
    "le formulaire signé",
    typeset("les photos données pour l'inscription"),
    "un gabarit biométrique du visage, calculé à partir de ces photos",
    "les emplacements du visage sur les photos de la photothèque",
)
WITHOUT_TEMPLATE_DATA = (
    "le nom",
    "le formulaire signé",
    "les emplacements du visage sur les photos de la photothèque, indiqués à la main",
)

STORAGE = typeset(
    "chiffré avec des clés propres à cette personne ; la clé principale est gardée hors de la photothèque"
)

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def retention(*, until: datetime, evidence_days: int, with_template: bool) -> str:
    """Say how long what is kept."""
    kept = (
        "gabarit biométrique, photos d'inscription et emplacements sur les photos"
        if with_template
        else "emplacements sur les photos"
    )
    return typeset(
        f"{kept} : jusqu'au {day(until)}, ou jusqu'au retrait du consentement s'il vient plus tôt ; nom, formulaire "
        f"signé, récépissé et registre des recherches, à titre de preuve : au plus {evidence_days} jours de plus"
    )


def withdrawal_method(contact: str) -> str:
    """Say how to withdraw."""
    before = typeset("s'adresser à ")
    after = typeset(
        " ; aucune raison n'est demandée ; le retrait prend effet dès qu'il est enregistré, et ce qui a été tiré du "
        "visage est alors effacé"
    )
    return f"{before}{contact}{after}"


def day(moment: datetime) -> str:
    """Give a day as it is written: 1er juillet 2026."""
    return f"{'1er' if moment.day == 1 else moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


# What `Policy.draft` writes where a controller says nothing of its own; a controller's own words are never translated.
POLICY_PHRASES = {
    english: typeset(french)
    for english, french in (
        (
            "the data protection authority of the controller's place of establishment",
            "l'autorité de protection des données du lieu d'établissement du responsable",
        ),
        (
            "the law of the controller's place of establishment",
            "le droit du lieu d'établissement du responsable",
        ),
        (
            "on the controller's own computers, at its place of establishment",
            "sur les ordinateurs du responsable, à son lieu d'établissement",
        ),
        ("nobody outside the controller", "personne en dehors du responsable"),
        ("consent (GDPR Art. 6(1)(a))", "le consentement (RGPD, article 6, paragraphe 1, point a)"),
        (
            "consent (GDPR Art. 6(1)(a)); for the face template, explicit consent (GDPR Art. 9(2)(a))",
            (
                "le consentement (RGPD, article 6, paragraphe 1, point a) ; pour le gabarit biométrique, le "
                "consentement explicite (RGPD, article 9, paragraphe 2, point a)"
            ),
        ),
    )
}
