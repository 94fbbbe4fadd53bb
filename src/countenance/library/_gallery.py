"""The gallery in memory: opened from the store when first needed, and again whenever the roll has moved on."""

from countenance.faces import Gallery
from countenance.ports import Reading


class GalleryKeeper:
    """Keep the opened templates of the opted-in people for as long as the store's roll says that they are current."""

    def __init__(self, model: str) -> None:
        """Take the model whose templates it holds; nothing is read yet."""
        self._model = model
        self._gallery = Gallery(model)
        self._roll: int | None = None

    def at(self, reading: Reading) -> Gallery:
        """Give the gallery that is current in this transaction."""
        roll = reading.roll()
        if roll != self._roll:
            self._gallery = Gallery(
                self._model, ((reference.person, reference.template) for reference in reading.references())
            )
            self._roll = roll
        return self._gallery
