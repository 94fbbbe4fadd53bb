"""Why people are searched for, in a closed list: what can be counted without anybody's reason being read."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ReasonClass(StrEnum):
    """What kind of reason a search or a listing has; the reason in words stands beside it. The list is closed."""

    REQUEST = "request"
    PUBLISHING = "publishing"
    ARCHIVE = "archive"
    SAFETY = "safety"
    LEGAL = "legal"
    OTHER = "other"


REASON_CLASS_WORDS: Mapping[ReasonClass, str] = MappingProxyType(
    {
        ReasonClass.REQUEST: "the person or their guardian asked",
        ReasonClass.PUBLISHING: "choosing what to publish",
        ReasonClass.ARCHIVE: "ordering the collection",
        ReasonClass.SAFETY: "protecting somebody",
        ReasonClass.LEGAL: "a legal duty or claim",
        ReasonClass.OTHER: "another reason",
    }
)
"""What each class means, in words."""
