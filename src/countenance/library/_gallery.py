"""The gallery in memory: opened from the store when first needed, and again whenever the roll has moved on.

Templates of another model than the one in use are left out: nothing is ever compared with them.
"""

from datetime import UTC, datetime, timedelta

from countenance.faces import Gallery
from countenance.ports import Reading

# Expiry raises no roll, so the gallery is opened anew after this long. Nobody expired is ever answered: the gate and
# the store ask for live consent each time; only in memory a template may stay this much longer.
FRESH_FOR = timedelta(minutes=10)


class GalleryKeeper:
    """Keep the opened templates of the opted-in people for as long as the store's roll says that they are current."""

    def __init__(self, model: str) -> None:
        """Take the model whose templates it holds; nothing is read yet."""
        self._model = model
        self._gallery = Gallery(model)
        self._roll: int | None = None
        self._opened = datetime.min.replace(tzinfo=UTC)

    def at(self, reading: Reading) -> Gallery:
        """Give the gallery that is current in this transaction."""
        roll, now = reading.roll(), reading.now
        if roll != self._roll or not timedelta() <= now - self._opened < FRESH_FOR:
            references = tuple(one for one in reading.references() if one.template.model == self._model)
            self._gallery = Gallery(
                self._model,
                ((reference.person, reference.template) for reference in references),
                strict={reference.person for reference in references if reference.strict},
            )
            self._roll, self._opened = roll, now
        return self._gallery
