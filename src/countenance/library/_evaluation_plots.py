"""Plots of an evaluation, drawn by matplotlib as SVG in the page's colours; the same figures give the same bytes."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from countenance.library._charts import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# In inches, of 72 units each: so narrow that its letters can be read on a telephone.
_WIDE, _HIGH = 4.5, 3.4
_LETTERS: Final = 11.5
# Drawn in these, which stand for what the page calls its colours in light and in dark.
_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "#010101": "var(--ink)",
        "#020202": "var(--quiet)",
        "#030303": "var(--line)",
        "#040404": "var(--accent)",
        "#050505": "var(--link)",
        "#060606": "var(--warn)",
        "#070707": "var(--second)",
    }
)
_INK, _QUIET, _LINE, *_BRIGHT, _PALE = _COLOURS
# What can be seen best comes first.
_SERIES: Final = (*_BRIGHT, _INK, _QUIET, _PALE)
_STYLE: Final[Any] = MappingProxyType(
    {
        "svg.hashsalt": "countenance",
        "svg.fonttype": "none",
        "font.size": _LETTERS,
        "text.color": _INK,
        "axes.labelcolor": _INK,
        "axes.edgecolor": _QUIET,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": _QUIET,
        "xtick.labelcolor": _INK,
        "ytick.color": _QUIET,
        "ytick.labelcolor": _INK,
        "axes.grid": True,
        "grid.color": _LINE,
        "grid.linewidth": 0.8,
        "axes.axisbelow": True,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 5.5,
    }
)
# Names of so many letters have room for two side by side.
_SHORT: Final = 18
# Nobody is asked to tell lines apart by their colour alone.
_MARKS: Final = ("o", "s", "^", "D", "v", "P")
_DASHES: Final = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its name: places, heights in shares (None: not measured), and between what each may lie."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float | None]
    spans: Sequence[tuple[float, float]] = ()


def trade_off(lines: Sequence[Line], *, x_label: str, y_label: str, floor: float) -> Drawing:
    """Draw DET curves: wrongly named against missed, both in logarithms; what is below `floor` lies on it."""

    def draw(axes: "Axes") -> None:
        for line, colour, dash in zip(lines, cycle(_SERIES), cycle(_DASHES)):
            points = [(max(x, floor), max(y, floor)) for x, y in zip(line.xs, line.ys, strict=True) if y is not None]
            axes.plot(*zip(*points, strict=True), color=colour, linestyle=dash, label=line.name, drawstyle="steps-post")
        axes.set(xscale="log", yscale="log", xlim=(floor * 0.9, 1), ylim=(floor * 0.9, 1.1))
        axes.set(xlabel=x_label, ylabel=y_label)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda share, _: _percent(share))
            axis.set_minor_formatter(lambda *_: "")
        _legend(axes)

    return _drawing(draw)


def by_size(lines: Sequence[Line], ticks: Sequence[str], *, x_label: str, y_label: str) -> Drawing:
    """Draw the share of each face size with what chance allows; lines are moved aside so that none hides another."""

    def draw(axes: "Axes") -> None:
        for place, (line, colour, mark, dash) in enumerate(zip(lines, cycle(_SERIES), cycle(_MARKS), cycle(_DASHES))):
            aside = 0.12 * (place - (len(lines) - 1) / 2)
            known = [
                (x + aside, 100 * y, 100 * (y - low), 100 * (high - y))
                for x, y, (low, high) in zip(line.xs, line.ys, line.spans, strict=True)
                if y is not None
            ]
            xs, ys, below, above = zip(*known, strict=True)
            axes.errorbar(
                xs, ys, (below, above), color=colour, marker=mark, linestyle=dash, capsize=3, label=line.name,
                elinewidth=1, clip_on=False,
            )  # fmt: skip
        axes.set_xticks(range(len(ticks)), ticks)
        axes.set(xlabel=x_label, ylabel=y_label, xlim=(-0.5, len(ticks) - 0.5))
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(lambda percent, _: f"{percent:g} %")
        axes.grid(visible=False, axis="x")
        _legend(axes)

    return _drawing(draw)


def by_people(lines: Sequence[Line], *, x_label: str, y_label: str) -> Drawing:
    """Draw how many of 1,000 are wrongly named in galleries of so many people, each at its own thresholds."""

    def draw(axes: "Axes") -> None:
        for line, colour, mark, dash in zip(lines, cycle(_SERIES), cycle(_MARKS), cycle(_DASHES)):
            known = [(x, 1000 * y) for x, y in zip(line.xs, line.ys, strict=True) if y is not None]
            xs, ys = zip(*known, strict=True)
            axes.plot(xs, ys, color=colour, marker=mark, linestyle=dash, label=line.name, clip_on=False)
        places = sorted({x for line in lines for x in line.xs})
        axes.set(xscale="log", xlabel=x_label, ylabel=y_label)
        axes.set_xticks(places, [f"{int(people):,}" for people in places])
        axes.xaxis.set_minor_locator(_no_ticks())
        axes.set_ylim(0, max(1.0, axes.get_ylim()[1]))
        _legend(axes)

    return _drawing(draw)


def humps(
    edges: Sequence[float],
    heaps: Mapping[str, Sequence[int]],
    threshold: tuple[str, float, float] | None,
    *,
    x_label: str,
    y_label: str,
) -> Drawing:
    """Draw two heaps of scores over each other, each as shares of its own; `threshold` has a name, from and to."""

    def draw(axes: "Axes") -> None:
        for (name, counts), colour, hatch in zip(heaps.items(), _SERIES, ("", "///"), strict=False):
            shares = [100 * count / max(sum(counts), 1) for count in counts]
            axes.stairs(shares, edges, fill=True, facecolor=colour, alpha=0.35, hatch=hatch, edgecolor=colour)
            axes.stairs(shares, edges, color=colour, linewidth=1.6, label=name)
        if threshold is not None:
            name, low, high = threshold
            axes.axvspan(low, high, color=_INK, alpha=0.2, linewidth=0)
            axes.axvline(low, color=_INK, linestyle="--", linewidth=1.3, label=name)
            if high > low:
                axes.axvline(high, color=_INK, linestyle="--", linewidth=1.3)
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.yaxis.set_major_formatter(lambda percent, _: f"{percent:g} %")
        axes.grid(visible=False, axis="x")
        _legend(axes)

    return _drawing(draw)


def _drawing(draw: "Callable[[Axes], None]") -> Drawing:
    # A second of loading, which only those who measure pay; no window, no file, no state of matplotlib's is touched.
    from matplotlib import rc_context  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    told = io.StringIO()
    with rc_context(dict(_STYLE)):
        figure = Figure(figsize=(_WIDE, _HIGH), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots()
        draw(axes)
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(told, format="svg", transparent=True, metadata=nothing)
    return Drawing(_WIDE * 72, _HIGH * 72, _in_our_colours(_body(told.getvalue())))


def _body(svg: str) -> str:
    """Take what stands in the SVG element, without remarks and blanks that say nothing."""
    inner = svg[svg.index("<svg") :].split(">", 1)[1].rsplit("</svg>", 1)[0]
    inner = re.sub(r"<!--.*?-->|<style.*?</style>|<metadata>.*?</metadata>", "", inner, flags=re.DOTALL)
    return re.sub(r">\s+<", "><", inner).strip()


def _in_our_colours(body: str) -> str:
    for drawn, meant in _COLOURS.items():
        body = body.replace(drawn, meant)
    return re.sub(r"font-family: [^;\"]*|font: ([\d.]+px) [^;\"]*", _own_letters, body)


def _own_letters(found: re.Match[str]) -> str:
    return f"font: {found[1]} system-ui, sans-serif" if found[1] else "font-family: system-ui, sans-serif"


def _legend(axes: "Axes") -> None:
    """Name the lines above the plot, where nothing is drawn; one line alone needs no name."""
    named = axes.get_legend_handles_labels()[1]
    if len(named) > 1:
        columns = 2 if max(map(len, named)) <= _SHORT else 1
        axes.legend(loc="lower left", bbox_to_anchor=(-0.12, 1.0), ncols=columns, borderaxespad=0.3)


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def _no_ticks() -> Any:  # noqa: ANN401  (matplotlib's own kind)
    from matplotlib.ticker import NullLocator  # noqa: PLC0415

    return NullLocator()
