"""The enrolled templates in memory, scanned exhaustively: small enough that no index is needed (MODELS: up to 10^7)."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from countenance.errors import ModelMismatch
from countenance.faces._values import Score, Template


class Gallery:
    """The references of the people who opted in; it holds only what was put in, for as long as it stays in."""

    def __init__(
        self, model: str, references: Iterable[tuple[str, Template]] = (), *, strict: Collection[str] = ()
    ) -> None:
        """Take `(person, template)` pairs of one model; a person may have several.

        Those in `strict` are to be compared by the stricter threshold, as children are (R34).

        Raises:
            ModelMismatch: a reference is of another model.
        """
        self.model = model
        self._people: list[str] = []
        rows: list[npt.NDArray[np.float32]] = []
        for person, template in references:
            self._refuse_foreign(template)
            self._people.append(person)
            rows.append(template.values)
        self._rows = np.stack(rows) if rows else np.empty((0, 0), np.float32)
        self.strict = frozenset(strict) & self.people

    @property
    def people(self) -> frozenset[str]:
        """The ids of the people in it."""
        return frozenset(self._people)

    def __len__(self) -> int:
        """Count the people."""
        return len(self.people)

    def scores(self, probes: Sequence[Template]) -> dict[str, list[Score]]:
        """Compare each probe with each person: for each person one score a probe, the best of that person's references.

        Raises:
            ModelMismatch: a probe is of another model.
        """
        for probe in probes:
            self._refuse_foreign(probe)
        if not self._people or not probes:
            return {}
        table = np.stack([probe.values for probe in probes]) @ self._rows.T
        best: dict[str, list[Score]] = {}
        for column, person in enumerate(self._people):
            scores = [Score(float(score)) for score in table[:, column]]
            earlier = best.get(person)
            best[person] = scores if earlier is None else [max(pair) for pair in zip(earlier, scores, strict=True)]
        return best

    def _refuse_foreign(self, template: Template) -> None:
        if template.model != self.model:
            raise ModelMismatch(
                f"a template of {template.model} cannot be compared with a gallery of {self.model}",
                remedy="enrol the person again with the model in use",
            )
