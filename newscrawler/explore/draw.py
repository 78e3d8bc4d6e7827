"""Figures to SVG, by pygal: plain SVG, no script, nothing from elsewhere. Knows nothing of archives.

pygal puts its styles into the file and two scripts beside them; the scripts are taken out. Drawn
charts are kept, since drawing takes longer than asking for the figures.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pygal
from lxml import etree
from pygal.style import Style

# pygal hooks into the import of modules named pygal.maps.*, of which we have none; its hook is of a kind
# that Python 3.11 warns of at every later import and Python 3.12 no longer calls.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder) is not pygal.PluginImportFixer]

FONT = '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", system-ui, sans-serif'

COLOURS = (
    *("#276890", "#e0862c", "#3f8f4f", "#b3404a", "#7a5aa6", "#8a6d3b"),
    *("#2aa0a0", "#c65b9b", "#7f8c1f", "#5b6f84"),
)
"""Dark enough on white to be told apart by most eyes; the legend and the table below say the rest."""

REST = "#c3cad1"
"""The colour of what is not told apart: a series of bars called ``rest``."""

Series = tuple[str, tuple[float | None, ...]]
"""A name and a value for each place on the axis."""

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold; a stored name may have anything."""


def fit(text: str) -> str:
    """``text`` without the characters that XML forbids."""
    return _UNFIT.sub("", text)


def bars(labels: Sequence[str], series: Sequence[Series], *, every: int = 1, rest: str = "") -> bytes:
    """Stacked bars, one column for each label; every so many labels is written out."""
    return _bars(tuple(labels), tuple(series), every, rest)


def lines(series: Sequence[tuple[str, tuple[tuple[float, float], ...]]], labels: Sequence[str]) -> bytes:
    """Lines through points (place on the axis, height); ``labels`` name the places 0, 1, …"""
    return _lines(tuple(series), tuple(labels))


@lru_cache(maxsize=64)
def _bars(labels: tuple[str, ...], series: tuple[Series, ...], every: int, rest: str) -> bytes:
    chart = pygal.StackedBar(
        **_common(
            [REST if name == rest else colour for (name, _), colour in zip(series, COLOURS, strict=False)]
        ),
        x_labels_major_every=every,
        show_minor_x_labels=every == 1,
        x_label_rotation=0 if every == 1 else 35,
    )
    chart.x_labels = [fit(label) for label in labels]
    for name, values in series:
        chart.add(fit(name), list(values))
    return _svg(chart)


@lru_cache(maxsize=64)
def _lines(series: tuple[tuple[str, tuple[tuple[float, float], ...]], ...], labels: tuple[str, ...]) -> bytes:
    chart = pygal.XY(
        **{**_common(COLOURS[: len(series)]), "show_y_labels": False, "show_y_guides": False},
        dots_size=6,
        xrange=(-0.5, max(len(labels) - 0.5, 0.5)),
    )
    chart.x_labels = [{"label": fit(label), "value": place} for place, label in enumerate(labels)]
    for name, points in series:
        chart.add(fit(name), list(points), stroke_style={"width": 7})
    return _svg(chart)


def _common(colours: Sequence[str]) -> dict[str, Any]:
    """What all charts share; ``colours`` of the series in their order."""
    series = len(colours)
    style = Style(
        background="#ffffff",
        plot_background="#ffffff",
        foreground="#1b1f24",
        foreground_strong="#1b1f24",
        foreground_subtle="#5c6670",
        font_family=FONT,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
        no_data_font_size=20,
        opacity="1",
        guide_stroke_color="#dde2e7",
        major_guide_stroke_color="#dde2e7",
        colors=tuple(colours) or COLOURS,
    )
    return {
        "style": style,
        "width": 960,
        "height": 380 + 34 * ((series + 2) // 3 if series > 1 else 0),
        "js": [],
        "show_legend": series > 1,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 3,
        "truncate_legend": 22,
        "margin": 12,
        "margin_bottom": 48 if series > 1 else 12,  # pygal forgets the last line of the legend
        "order_min": 0,  # counts: no half articles on the axis
        "no_data_text": "–",
        "explicit_size": False,
        "disable_xml_declaration": True,
    }


def _svg(chart: Any) -> bytes:
    """The chart as a file of its own, without pygal's scripts and hover texts."""
    root = chart.render_tree()
    etree.strip_elements(root, "script", "{http://www.w3.org/2000/svg}script", etree.Comment, with_tail=False)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
