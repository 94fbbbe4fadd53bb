"""Open photos upright and write clean copies; who is in them, and which may be published, is left to others.

Six formats are opened (docs/reference/photo-formats.md), each by one decoder that its signature picks; whatever is
wrong with a file comes out as a PhotoProblem. This is the only room that decodes image files. Nothing is ever fetched.
"""

from countenance.photos._crops import crop, encode_crop
from countenance.photos._files import fingerprint_file
from countenance.photos._formats import publishable_format
from countenance.photos._places import find_photos, local_path
from countenance.photos._reading import Photo, open_photo, read_photo
from countenance.photos._releases import sniff_release
from countenance.photos._writing import discard, encode_clean, place, write_clean, write_new

__all__ = [
    "Photo",
    "crop",
    "discard",
    "encode_clean",
    "encode_crop",
    "find_photos",
    "fingerprint_file",
    "local_path",
    "open_photo",
    "place",
    "publishable_format",
    "read_photo",
    "sniff_release",
    "write_clean",
    "write_new",
]
