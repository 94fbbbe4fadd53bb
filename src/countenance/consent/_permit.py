"""The permit. Only the gate may import this module (import contract): what it does not mint cannot be had."""

from dataclasses import dataclass
from datetime import datetime
from typing import Never, final

from countenance.consent._values import Purpose


@final
class _Capability:
    """What a caller must hold to mint a permit."""


_CAPABILITY = _Capability()


@final
@dataclass(frozen=True, slots=True, init=False)
class Permit:
    """A person's live consent for one purpose, as the gate found it: on which receipt, and until when (UTC).

    It is a seat belt. The wall is in the store, which asks for the live receipt again in its own transaction.

    Raises:
        TypeError: made, copied with changes or unpickled by anybody but the gate.
    """

    person: str
    purpose: Purpose
    receipt: str
    until: datetime

    def __init__(
        self, capability: _Capability, /, *, person: str, purpose: Purpose, receipt: str, until: datetime
    ) -> None:
        if capability is not _CAPABILITY:
            raise TypeError("only the gate mints permits")
        object.__setattr__(self, "person", person)
        object.__setattr__(self, "purpose", purpose)
        object.__setattr__(self, "receipt", receipt)
        object.__setattr__(self, "until", until)

    def __init_subclass__(cls) -> Never:
        raise TypeError("a permit has no kinds")

    def __copy__(self) -> "Permit":
        return self

    def __deepcopy__(self, memo: object) -> "Permit":
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        # A pickle is bytes that anybody can write.
        raise TypeError("a permit does not travel: decide again where it is needed")


def mint(*, person: str, purpose: Purpose, receipt: str, until: datetime) -> Permit:
    """Make a permit; the gate alone calls this."""
    return Permit(_CAPABILITY, person=person, purpose=purpose, receipt=receipt, until=until)
