"""Tell whether a file can be the scan of a signed form: a PDF, or an image that this room opens."""

from countenance.errors import PhotoProblem, ReleaseInvalid
from countenance.photos._decoding import decoded
from countenance.photos._formats import MEDIA_TYPES, recognised

# 20 MB: forty pages of A4 in colour at 150 dpi; each is kept encrypted in the database.
MAX_RELEASE_BYTES = 20_000_000

# Readers look for the end mark in the last 1,024 bytes (PDF reference 1.7, implementation note 18).
_PDF_TAIL_BYTES = 1024

_REMEDY = "scan the signed form as a PDF or as a JPEG"


def sniff_release(data: bytes) -> str:
    """Give the media type of a signed form by its content; an image is decoded to see that it opens.

    A scan of several pages is accepted here, as nobody is looked for in it.

    Raises:
        ReleaseInvalid: neither a PDF nor an image that opens, or larger than `MAX_RELEASE_BYTES`.
    """
    if len(data) > MAX_RELEASE_BYTES:
        raise ReleaseInvalid(f"the form is larger than {MAX_RELEASE_BYTES // 1_000_000} MB", remedy="scan it smaller")
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-_PDF_TAIL_BYTES:]:
            raise ReleaseInvalid("the form is a PDF that is cut short", remedy=_REMEDY)
        return "application/pdf"
    try:
        format = recognised(data, name="")  # noqa: A001 - the word that Photo uses
        decoded(data, format)
    except PhotoProblem as problem:
        raise ReleaseInvalid(f"the form is no PDF and no image: {problem.what}", remedy=_REMEDY) from problem
    return MEDIA_TYPES[format]
