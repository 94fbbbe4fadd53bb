"""What can be wrong with the photo of a face: a closed list, each with what is seen and what to do about it."""

from enum import StrEnum


class Trouble(StrEnum):
    """Why a photo cannot serve for enrolment; the most telling first, and always in this order."""

    NO_FACE = "no-face"
    SEVERAL_FACES = "several-faces"
    TOO_SMALL = "too-small"
    CUT_OFF = "cut-off"
    TOO_DARK = "too-dark"
    WASHED_OUT = "washed-out"
    BLURRED = "blurred"
    EYES_COVERED = "eyes-covered"
    MOUTH_COVERED = "mouth-covered"
    TILTED = "tilted"
    TURNED = "turned"
    TURNED_UP_OR_DOWN = "turned-up-or-down"
    LIT_FROM_ONE_SIDE = "lit-from-one-side"
    UNCLEAR = "unclear"

    @property
    def seen(self) -> str:
        """Say what is wrong, after "the face in this photo"."""
        return _WORDS[self][0]

    @property
    def advice(self) -> str:
        """Say what to do about it, as an order."""
        return _WORDS[self][1]


_WORDS = {
    Trouble.NO_FACE: ("is not to be found", "give a photo with the face well lit and towards the camera"),
    Trouble.SEVERAL_FACES: ("is not the only one", "give a photo that shows this person alone, or cut it out"),
    Trouble.TOO_SMALL: ("is too small", "go closer, or give a larger photo"),
    Trouble.CUT_OFF: ("is cut off by the photo's edge", "leave some room around the whole head"),
    Trouble.TOO_DARK: ("is too dark", "turn towards the light, with no window or lamp behind"),
    Trouble.WASHED_OUT: ("is washed out by too much light", "go out of the glare, without a flash, and wipe the lens"),
    Trouble.BLURRED: ("is blurred", "hold the camera still, let it focus, and go where there is more light"),
    Trouble.EYES_COVERED: ("has its eyes covered", "take off sunglasses, and whatever else is before the eyes"),
    Trouble.MOUTH_COVERED: ("has its mouth covered", "take off the mask or scarf"),
    Trouble.TURNED: ("is turned to the side", "look straight into the camera"),
    Trouble.TURNED_UP_OR_DOWN: ("looks up or down", "hold the camera at the height of the eyes and look into it"),
    Trouble.TILTED: ("is tilted", "hold the head upright, or turn the photo upright"),
    Trouble.LIT_FROM_ONE_SIDE: ("is lit from one side", "turn towards the light, so that it falls on both halves"),
    Trouble.UNCLEAR: ("is hardly to be told for one", "turn towards the camera and the light, with nothing before it"),
}
