"""Turn pictures of any colour model into sRGB; where the rows come from and go to is left to `_decoding`."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from countenance.errors import PhotoRefused

# 4 MB: the largest printing profiles in use are about 3 MB.
_MAX_PROFILE_BYTES = 4_000_000

_SIXTEEN_BITS = frozenset(("I;16", "I;16L", "I;16B", "I;16N"))
# The mode of Pillow in which tones are mixed and profiles applied, by the mode of the picture.
_FLAT = {"1": "L", "L": "L", "LA": "RGB", "La": "RGB", "P": "RGB", "PA": "RGB", "CMYK": "CMYK"} | dict.fromkeys(
    ("RGB", "RGBA", "RGBa", "RGBX", "YCbCr"), "RGB"
)
# The same, by the colour space that a profile is for (ICC.1:2022, table 19).
_PROFILED = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


class ToRgb:
    """Turns strips of one picture to RGB: transparency over white, 16 bits scaled, an embedded profile applied."""

    def __init__(self, image: Image.Image, *, full_scale: int) -> None:
        """Look at the picture; `full_scale` is the 16-bit number that stands for white.

        Raises:
            PhotoRefused: its pixels are measurements (32-bit integers, floating point), not tones.
        """
        if image.mode in ("I", "F"):
            raise PhotoRefused("its pixels are 32-bit measurements, not a photo", remedy="save it as 8 or 16 bits")
        self._sixteen = image.mode in _SIXTEEN_BITS
        if not self._sixteen and image.mode not in _FLAT:
            raise PhotoRefused(f"its colours ({image.mode}) are not those of a photo", remedy="save it as RGB")
        self._full_scale = full_scale
        self._transparent = not self._sixteen and image.has_transparency_data
        self._mode = "RGB" if self._transparent else _FLAT.get(image.mode, "L")
        self._profile = None if self._sixteen else _to_srgb(image.info.get("icc_profile"), self._mode)

    def __call__(self, strip: Image.Image) -> npt.NDArray[np.uint8]:
        """Give a strip as uint8 of shape (rows, width, 3)."""
        if self._sixteen:
            tones = np.asarray(strip).astype(np.uint32)
            scaled = np.minimum((tones * 255 + self._full_scale // 2) // self._full_scale, 255)
            return np.repeat(scaled.astype(np.uint8)[:, :, np.newaxis], 3, axis=2)
        if self._transparent:
            strip = Image.alpha_composite(Image.new("RGBA", strip.size, "white"), strip.convert("RGBA"))
        strip = _in_mode(strip, self._mode)
        if self._profile is not None:
            strip = self._profile.apply(strip)
        return np.asarray(_in_mode(strip, "RGB"))


def _in_mode(strip: Image.Image, mode: str) -> Image.Image:
    return strip if strip.mode == mode else strip.convert(mode)


def _to_srgb(profile: object, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Give the transform from the embedded profile to sRGB; None if there is none, or none that can be used.

    A picture whose profile is broken is shown by every viewer as if it had none, and here too.
    """
    if not isinstance(profile, bytes) or not 0 < len(profile) <= _MAX_PROFILE_BYTES:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        description = ImageCms.getProfileDescription(source)
        if _PROFILED.get(source.profile.xcolor_space) != mode or "srgb" in description.lower():
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except Exception:  # noqa: BLE001 - a broken profile raises whatever the library under it thinks of
        return None
