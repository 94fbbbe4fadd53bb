"""The calibration of a Vision that recognises nobody."""

from countenance.faces import Calibration, Rung, Score, Threshold

# Inner products of unit templates end at 1.
_UNREACHED = Score(2.0)
# No gallery is too large for comparisons that are never made.
_EVERYBODY = 10**9


def never() -> Calibration:
    """Give a calibration whose thresholds no comparison reaches, however many people there are."""
    unreached = Threshold(_UNREACHED, "", fpir=0.0, fnir=1.0, gallery_size=0, searches=0, data_set="nothing")
    return Calibration("", "nothing", (Rung(_EVERYBODY, 1, unreached, unreached),))
