"""Say the figures of several ways beside each other: as JSON, as a table, as a picture."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from bench.accuracy._pairs import PairRates

from countenance.measures import By, GalleryFigures, Rate, Row, Working, interval

Results = Mapping[str, Mapping[str, Mapping[str, Any]]]
# What is compared, by how a table heads it. All are counts of errors among the searches for people who are there.
COMPARED = {
    "rank_one": "not the right person first",
    "fnmr_at_fmr_0.1%": "pairs missed at a false match rate of 0.1 %",
    "fnir_at_fpir_1%": "missed at FPIR 1 %",
    "fnir_with_nobody_wrongly_named": "missed with nobody wrongly named",
}
OURS, PEER = "ours", "dlib"
GIVEN = "same boxes"
TOGETHER = "all, one threshold"
# What is drawn, and in which colour; on own boxes the lines lie too near the others.
INK = {
    "ours, same boxes": "#0b6e4f",
    "ours held out, same boxes": "#3a4cc0",
    "dlib, same boxes": "#b3432b",
    "dlib kept as ours, same boxes": "#e09a2d",
    "dlib as face_recognition has it": "#777777",
}


def figures_told(searched: GalleryFigures, pairs: Mapping[tuple[str, int | None], PairRates]) -> dict[str, Any]:
    """Give the figures of one way by how the photos were worn, and those of all by one threshold."""
    told: dict[str, Any] = {}
    for row in searched.rows:
        if row.by is By.ASKED:
            pair = pairs[row.wear, row.asked_px]
            told[_condition(row.wear, row.asked_px)] = {
                **_searched(row),
                "fnmr_at_fmr_0.1%": {**_count(pair.missed, pair.own), "false_matches": [pair.matched, pair.foreign]},
                "eer": round(pair.equal_error, 5),
                "apart": round(pair.apart, 2),
            }
    return {**told, TOGETHER: _searched(searched.total)}


def _searched(row: Row) -> dict[str, Any]:
    strict, usual = row.point(Working.NONE_NAMED), row.point(Working.ONE_PERCENT)
    lost = row.mated - row.rank_one.trials
    return {
        "searches": {"there": row.mated, "not_there": sum(row.nonmated.values())},
        "not_found": _count(lost, row.mated),
        "rank_one": _count(row.rank_one.errors + lost, row.mated),
        "fnir_at_fpir_1%": {**_rate(usual.fnir), "wrongly_named": [usual.fpir.errors, usual.fpir.trials]},
        "fnir_with_nobody_wrongly_named": _rate(strict.fnir),
        "fnir_of_found_at_fpir_1%": _rate(usual.fnir_acquired),
        "fnir_of_found_with_nobody_wrongly_named": _rate(strict.fnir_acquired),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return _count(rate.errors, rate.trials)


def _count(errors: int, trials: int) -> dict[str, Any]:
    return {"errors": errors, "trials": trials, "interval_95": [round(end, 4) for end in interval(errors, trials)]}


def _condition(wear: str, face_px: int | None) -> str:
    return "full size" if face_px is None else f"{wear}, {face_px} px"


def summed_up(results: Results) -> dict[str, Any]:
    """Say for each size and figure whether this is ahead of the best that any of dlib's ways does there.

    The best is chosen afterwards, for each figure anew, in dlib's favour. Each is compared on the boxes that are given,
    with all ways of dlib's, and on the boxes that it finds by itself, with those in which dlib finds them too.
    """
    summary: dict[str, Any] = {}
    for ours in (name for name in results if name.startswith(OURS)):
        rivals = [name for name in results if name.startswith(PEER) and (ours.endswith(GIVEN) or GIVEN not in name)]
        summary[ours] = {
            where: {figure: _beside(results, ours, rivals, where, figure) for figure in COMPARED if figure in row}
            for where, row in results[ours].items()
        }
    return summary


def _beside(results: Results, ours: str, rivals: Sequence[str], where: str, figure: str) -> dict[str, Any]:
    own = results[ours][where][figure]["errors"]
    whole = [name for name in rivals if where != TOGETHER or set(results[name]) == set(results[ours])]
    best = min(results[name][where][figure]["errors"] for name in whole if where in results[name])
    verdict = "ahead" if own < best else "behind" if own > best else "level"
    return {"ours": own, "dlib": best, "of": results[ours][where][figure]["trials"], "verdict": verdict}


def tables(results: Results) -> list[str]:
    """Give a table for each figure: the sizes down, the ways across, errors of trials."""
    names = [(f"  {number}", name) for number, name in enumerate(results, 1)]
    lines = ["The ways:", *(f"{number}  {name}" for number, name in names)]
    wheres = list(next(iter(results.values())))
    for figure, heading in {"not_found": "face not found", **COMPARED}.items():
        lines += ["", heading, f"{'':<20}" + "".join(f"{number:>10}" for number, _ in names)]
        lines += [_line(where, [results[name].get(where, {}).get(figure) for _, name in names]) for where in wheres]
    for figure, heading, factor in (("eer", "equal error rate, %", 100), ("apart", "apart (d')", 1)):
        lines += ["", heading]
        for where in wheres:
            found = [results[name].get(where, {}).get(figure) for _, name in names]
            lines.append(f"{where:<20}" + "".join(f"{'' if v is None else f'{factor * v:.2f}':>10}" for v in found))
    for ours, rows in summed_up(results).items():
        lines += ["", f"{ours}, and the best of dlib's ways"]
        for where, row in rows.items():
            said = "; ".join(f"{one['verdict']} {one['ours']}:{one['dlib']}" for one in row.values())
            lines.append(f"{where:<20}{said}")
    return lines


def _line(where: str, counts: Sequence[Mapping[str, Any] | None]) -> str:
    cells = ["" if count is None else f"{count['errors']}/{count['trials']}" for count in counts]
    return f"{where:<20}" + "".join(f"{cell:>10}" for cell in cells)


def drawn(results: Results, wears: Sequence[str], sizes_px: Sequence[int]) -> bytes:
    """Draw the misses over the face's size with their intervals, as SVG; the same results give the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415  (slow to load: only for those who draw)
    from matplotlib.figure import Figure  # noqa: PLC0415

    drawn_figures = ("fnir_at_fpir_1%", "fnir_with_nobody_wrongly_named")
    with mpl.rc_context({"svg.hashsalt": "beside", "svg.fonttype": "none", "font.size": 9}):
        sheet = Figure(figsize=(8, 5.6), layout="constrained")
        plots = sheet.subplots(2, len(wears), sharex=True, sharey=True, squeeze=False)
        for row, figure in zip(plots, drawn_figures, strict=True):
            for plot, wear in zip(row, wears, strict=True):
                for number, (name, ink) in enumerate(INK.items()):
                    told = results[name]
                    there = [px for px in sizes_px if _condition(wear, px) in told]
                    rates = [told[_condition(wear, px)][figure] for px in there]
                    shares = [100 * rate["errors"] / rate["trials"] for rate in rates]
                    ends = [[100 * end for end in rate["interval_95"]] for rate in rates]
                    plot.errorbar(
                        [px * 1.012 ** (number - len(INK) / 2) for px in there],
                        shares,
                        yerr=[
                            [share - low for share, (low, _) in zip(shares, ends, strict=True)],
                            [high - share for share, (_, high) in zip(shares, ends, strict=True)],
                        ],
                        label=name,
                        color=ink,
                        linestyle="-" if GIVEN in name else "--",
                        marker="o" if name.startswith(OURS) else "s",
                        markersize=4,
                        linewidth=1.2,
                        elinewidth=0.8,
                    )
                plot.set_title(f"{wear}: {COMPARED[figure]}", fontsize=9)
                plot.set_xscale("log")
                plot.set_xticks(sizes_px, [f"{px} px" for px in sizes_px], minor=False)
                plot.minorticks_off()
                plot.grid(visible=True, linewidth=0.3)
            row[0].set_ylabel("missed, %")
        plots[0, -1].legend(fontsize=8, frameon=False)
        file = io.BytesIO()
        sheet.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()
