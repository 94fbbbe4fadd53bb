"""Cover faces so that they stay covered, and check that they are; whose face is covered is decided by others.

The brush knows neither consent nor ledger, and sees only through the detector that is handed to it.
"""

from countenance.redaction._checks import check_cover, leaks
from countenance.redaction._cover import cover
from countenance.redaction._paint import Style
from countenance.redaction._shape import MARGIN

__all__ = ["MARGIN", "Style", "check_cover", "cover", "leaks"]
