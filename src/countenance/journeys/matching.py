"""Matching the faces of one photo to the gallery within a transaction: for indexing, re-scanning and publishing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from countenance.consent import Permit, Purpose, decide
from countenance.faces import Template, Threshold, assign
from countenance.ports import Galleries, Reading, Vision

# An appearance is kept for these; being shown needs none, because publication looks at the pixels anew.
APPEARANCE_PURPOSES: Final = (Purpose.FIND_ME, Purpose.BE_FOUND)


@dataclass(frozen=True, slots=True)
class Matcher:
    """The eyes' thresholds and the gallery in memory."""

    vision: Vision
    galleries: Galleries

    @property
    def seen_with(self) -> str:
        """Name what a photo is seen with: detector and embedder."""
        return f"{self.vision.detector}+{self.vision.model or 'none'}"

    def appearances(self, templates: Sequence[Template | None], reading: Reading) -> dict[int, Permit]:
        """Give who appears at which face, for those who may be found by themselves or by staff."""
        return self._permitted(templates, reading, self.vision.search_threshold, APPEARANCE_PURPOSES)

    def shown(self, templates: Sequence[Template | None], reading: Reading) -> dict[int, Permit]:
        """Give whose face may be seen, by the stricter threshold of publication."""
        return self._permitted(templates, reading, self.vision.show_threshold, (Purpose.BE_SHOWN,))

    def _permitted(
        self, templates: Sequence[Template | None], reading: Reading, threshold: Threshold, purposes: Sequence[Purpose]
    ) -> dict[int, Permit]:
        """Assign faces among everybody enrolled, then let the gate decide: a match to another never falls to a second.

        Raises:
            ModelMismatch: a template is of another model than the gallery.
        """
        if not self.vision.model:
            return {}
        permits: dict[int, Permit] = {}
        for match in assign(templates, self.galleries.at(reading), threshold):
            consents = reading.consents(match.person)
            for purpose in purposes:
                decision = decide(consents, purpose, now=reading.now)
                if isinstance(decision, Permit):
                    permits[match.face] = decision
                    break
        return permits
