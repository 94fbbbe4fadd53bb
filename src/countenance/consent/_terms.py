"""The terms of the W3C Data Privacy Vocabulary (DPV 2.2) and its extensions that say what a receipt says.

Every one of them was looked up in the vocabulary's own files; none is guessed. What DPV has no term for is ours.
"""

from collections.abc import Mapping
from types import MappingProxyType

from countenance.consent._values import Purpose
from countenance.consent._wording import WORDINGS

# Stands in every document, so that none is ever fetched. A key with a colon gives the type of that term's values.
CONTEXT: Mapping[str, object] = MappingProxyType(
    {
        "@version": 1.1,
        "countenance": "urn:countenance:terms:1#",
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "pd": "https://w3id.org/dpv/pd#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "schema": "https://schema.org/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "dct:conformsTo": {"@type": "@id"},
        "dct:created": {"@type": "xsd:dateTime"},
        "dct:modified": {"@type": "xsd:dateTime"},
        "dpv:hasAutomationLevel": {"@type": "@id"},
        "dpv:hasHumanInvolvement": {"@type": "@id"},
        "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
        "rdf:value": {"@type": "xsd:dateTime"},
        "skos:broader": {"@type": "@id"},
    }
)

# The profiles of the W3C community group's guide to ISO/IEC TS 27560; those for the EU ask for what GDPR 13 asks for.
RECEIPT_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#receipt"
RECORD_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record"
EU = "-eu-gdpr"

# How a lawful basis names an article of the GDPR, in English and in French, and the term for it.
CONSENT_ARTICLE = ("6(1)(a)", "6, paragraphe 1, point a)")
CONSENT_TERM = "eu-gdpr:A6-1-a"
EXPLICIT_ARTICLE = ("9(2)(a)", "9, paragraphe 2, point a)")
EXPLICIT_TERM = "eu-gdpr:A9-2-a"

# DPV has no category for showing somebody in a published photo.
PURPOSE_CATEGORIES: Mapping[Purpose, str] = MappingProxyType(
    {Purpose.FIND_ME: "dpv:RequestedServiceProvision", Purpose.BE_FOUND: "dpv:SearchFunctionalities"}
)

PERSONAL_DATA = "dpv:PersonalData"
SPECIAL_DATA = "dpv:SpecialCategoryPersonalData"
FACE_TEMPLATE = "pd:FacialPrint"

# In the order in which the words of a receipt list them, with a template and without.
_DATA_TERMS = MappingProxyType(
    {
        True: ("pd:Name", "dpv:ProvidedPersonalData", "pd:Picture", FACE_TEMPLATE, "dpv:DerivedPersonalData"),
        False: ("pd:Name", "dpv:ProvidedPersonalData", "dpv:DerivedPersonalData"),
    }
)
_RIGHT_TERMS = (
    "eu-gdpr:A7-3",
    "eu-gdpr:A15",
    "eu-gdpr:A16",
    "eu-gdpr:A17",
    "eu-gdpr:A18",
    "eu-gdpr:A20",
    "eu-gdpr:A77",
)

DATA_CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        text: term
        for wording in WORDINGS.values()
        for with_template, terms in _DATA_TERMS.items()
        for text, term in zip(wording.data[with_template], terms, strict=True)
    }
)
"""The category of a kind of data, by the words of a receipt in any language."""

RIGHT_ARTICLES: Mapping[str, str] = MappingProxyType(
    {text: term for wording in WORDINGS.values() for text, term in zip(wording.rights, _RIGHT_TERMS, strict=True)}
)
"""The article of the GDPR that a right is from, by the words of a receipt in any language."""
