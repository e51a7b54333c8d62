"""A trace as an SVG document, drawn as the page draws it: openings that fill, signed values as colours, the output as a line.

`py_lstm picture -o FILE.svg` and the page's own files both come from here.
"""

from __future__ import annotations

import math
from typing import Iterator, NamedTuple, Sequence

import numpy as np

from .picture import openings, usual
from .trace import Trace
from .validation import InvalidInput, choice, instance, shown

# Nine stops from the most negative over zero to the most positive number, interpolated in OKLab (Ottosson 2020), where
# equal steps look equal. They are told apart under every kind of colour vision.
STOPS = {
    "light": ("#004b96", "#4775af", "#7f9fc6", "#b9c9dc", "#f4f3f0", "#e9c7b6", "#da9b7d", "#c86e42", "#ab4500"),
    "dark": ("#76c7ff", "#5c9bc7", "#49718e", "#354959", "#212429", "#534336", "#88633f", "#c28545", "#ffa747"),
}
# Ink and paper: `open` is what fills an opening and `empty` what it fills, `target` the grey steps behind the output.
INK = {
    "light": {"paper": "#fbfaf7", "ink": "#1b1c1f", "muted": "#63656b", "line": "#dfddd7", "open": "#45464a", "empty": "#edebe6",
              "target": "#918c80"},
    "dark": {"paper": "#17191d", "ink": "#ecebe8", "muted": "#a0a3aa", "line": "#34373e", "open": "#c9c7c1", "empty": "#23262b",
             "target": "#666b75"},
}
FIXED_RANGE = ("g", "h", "tanh_c")      # their scale goes from -1 to 1, whatever they reach
MOST_TITLES = 6000                      # more squares than that are not named one by one: the file would be too large
LEFT, RIGHT, EDGE = 70, 76, 16          # pixels beside the squares for names and ranges, and around all of it
SYMBOLS = {" ": "␣", "\n": "↵", "blank": "·", "delimiter": "▸", "nothing": "–"}


class Row(NamedTuple):
    """One quantity: its values (T, width), the size its scale ends at, and how it is drawn."""

    name: str
    values: np.ndarray
    largest: float
    mark: str


def svg(trace: Trace, quantities: Sequence[str] | None = None, *, theme: str = "light", title: str | None = None,
        notes: Sequence[str] = ()) -> str:
    """The trace as an SVG document, a column for each step and a row for each unit.

    Parameters
    ----------
    quantities : names of `trace.quantities`, from top to bottom; those of `picture.usual` if None
    theme : "light" or "dark"
    title : the line above; what experiment it is, if None
    notes : lines below, such as the link it came from; long ones are broken

    Numbers from 0 to 1 fill their square from below; what has a sign is blue where negative and orange where positive, as pale
    as it is small. Where there are at most 6000 squares, each says its number when pointed at.
    """
    choice("theme", theme, STOPS)
    rows = list(_rows(trace, quantities))
    return _Drawing(trace, rows, theme).document(title or headline(trace), [str(note) for note in notes])


def headline(trace: Trace) -> str:
    """The experiment in a line: "latch: 3 units, 24 steps, after 200 updates; loss 0.00587"."""
    e = trace.experiment
    more = [word for word, is_so in (("damaged", e.damage), ("numbers changed by hand", e.edits)) if is_so]
    return f"{e.headline}; loss {trace.loss:.3g}" + "".join(f", {word}" for word in more)


def colour(share: float, theme: str = "light") -> str:
    """The colour of a number that is `share` (-1 to 1) of its scale, as "#rrggbb"."""
    scale, place = _SCALES[theme], (min(1.0, max(-1.0, share)) + 1) * 4
    k = min(7, int(place))
    return _hex(scale[k] + (place - k) * (scale[k + 1] - scale[k]))


class _Drawing:
    """The parts of one document, as they are put down from top to bottom."""

    def __init__(self, trace: Trace, rows: list[Row], theme: str):
        self.trace, self.rows, self.theme, self.ink = trace, rows, theme, INK[theme]
        T, units = len(trace.arrays["h"]), max((row.values.shape[1] for row in rows), default=1)
        self.column = max(7, min(34, 800 // T))
        self.unit = 20 if units <= 4 else 14 if units <= 8 else 9 if units <= 24 else 5
        self.width = max(520, 2 * EDGE + LEFT + T * self.column + RIGHT)
        self.titled = sum(row.values.size for row in rows) <= MOST_TITLES
        self.parts: list[str] = []
        self.paths: dict[str, list[str]] = {}

    def document(self, title: str, notes: list[str]) -> str:
        y = EDGE + 16
        self.text(EDGE, y, title, size=15, weight=600)
        y += 18
        for row in self.rows:
            y = getattr(self, f"_{row.mark}")(row, y) + 10
        y = self.axis(y) + 22
        y = self.legend(y) + 8
        for line in (line for note in notes for line in _broken(note, int((self.width - 2 * EDGE) / 7.2))):
            self.text(EDGE, y + 12, line, fill="muted")
            y += 16
        names, height = ", ".join(row.name for row in self.rows), y + EDGE
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {height}" width="{self.width}" height="{height}" '
                f'role="img" font-family="system-ui, -apple-system, \'Segoe UI\', \'Noto Sans\', \'Noto Sans CJK SC\', sans-serif" '
                f'font-size="12"><title>{_escaped(names)} over {len(self.trace.arrays["h"])} steps</title>\n'
                f'<rect width="{self.width}" height="{height}" fill="{self.ink["paper"]}"/>\n' + "\n".join(self.parts) + "\n</svg>\n")

    def text(self, x: float, y: float, words: str, *, size: int = 12, weight: int = 400, fill: str = "ink", anchor: str = "start") -> None:
        self.parts.append(f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" fill="{self.ink[fill]}" '
                          f'text-anchor="{anchor}">{_escaped(words)}</text>')

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str, title: str = "") -> None:
        inside = f"><title>{_escaped(title)}</title></rect>" if title and self.titled else "/>"
        self.parts.append(f'<rect x="{x:g}" y="{y:g}" width="{width:.4g}" height="{height:.4g}" fill="{fill}"{inside}')

    def named(self, row: Row, y: float, height: float) -> None:
        """The quantity's name before its rows and its range after them."""
        middle = y + height / 2 + 4
        self.text(EDGE + LEFT - 30, middle, _letter(self.trace, row.name), size=14, weight=600, anchor="end")
        if row.mark in ("opening", "value"):
            self.text(EDGE + LEFT + len(row.values) * self.column + 8, middle, "0–1" if row.mark == "opening" else
                      f"±{row.largest:.3g}" + (f", max {most:.3g}" if (most := float(np.abs(row.values).max())) > row.largest else ""), fill="muted")

    def squares(self, row: Row, y: float) -> Iterator[tuple[float, float, float, float, float, str]]:
        """(value, x, y, width, height, title) of each number; the names of row and units are written on the way."""
        width, gap = row.values.shape[1], 2 if self.unit >= 14 else 1 if self.unit >= 8 else 0.5
        self.named(row, y, width * self.unit)
        for unit in range(width):
            if width > 1 and self.unit >= 12:
                self.text(EDGE + LEFT - 8, y + unit * self.unit + self.unit / 2 + 4, self.unit_name(row, unit), size=10, fill="muted", anchor="end")
            label = f"{row.name} {unit + 1}" if width > 1 else row.name
            for t, value in enumerate(row.values[:, unit].tolist()):
                yield (value, EDGE + LEFT + t * self.column, y + unit * self.unit, self.column - (1 if self.column >= 9 else 0.5),
                       self.unit - gap, f"{label}, step {t + 1}: {value:.6g}")

    def unit_name(self, row: Row, unit: int) -> str:
        about = self.trace.experiment.about
        return _visible(about.outputs[unit]) if row.name == "p" and about.classes() else str(unit + 1)

    def _opening(self, row: Row, y: float) -> float:
        for value, x, top, width, height, title in self.squares(row, y):
            filled = height * min(1.0, max(0.0, value))
            self.named_square(title, [(x, top, width, height, self.ink["empty"]), (x, top + height - filled, width, filled, self.ink["open"])])
        return self.flushed(y + row.values.shape[1] * self.unit)

    def _value(self, row: Row, y: float) -> float:
        for value, x, top, width, height, title in self.squares(row, y):
            self.named_square(title, [(x, top, width, height, colour(value / (row.largest or 1), self.theme))])
        return self.flushed(y + row.values.shape[1] * self.unit)

    def named_square(self, title: str, rectangles: list[tuple[float, float, float, float, str]]) -> None:
        """The rectangles of one number; of very many numbers, nameless and a path for each colour, which is a third as long."""
        if not self.titled:
            for x, y, width, height, fill in rectangles:
                self.paths.setdefault(fill, []).append(f"M{x:g} {y:.4g}h{width:.3g}v{height:.3g}h-{width:.3g}z")
            return
        shapes = "".join(f'<rect x="{x:g}" y="{y:.5g}" width="{width:.4g}" height="{height:.4g}" fill="{fill}"/>' for x, y, width, height, fill in rectangles)
        self.parts.append(f"<g><title>{_escaped(title)}</title>{shapes}</g>")

    def flushed(self, y: float) -> float:
        self.parts += [f'<path fill="{fill}" d="{"".join(shapes)}"/>' for fill, shapes in self.paths.items()]
        self.paths = {}
        return y

    def _bar(self, row: Row, y: float) -> float:
        """Numbers given to the network: signs and marks as what they are, others as bars up and down."""
        channels = self.trace.experiment.about.inputs
        height = 20
        self.named(row, y, row.values.shape[1] * height)
        for unit in range(row.values.shape[1]):
            channel, middle = channels[unit] if unit < len(channels) else "", y + (unit + 0.5) * height
            largest = float(np.abs(row.values[:, unit]).max()) or 1.0
            for t, value in enumerate(row.values[:, unit].tolist()):
                x = EDGE + LEFT + (t + 0.5) * self.column
                if channel == "sign" and abs(value) == 1:
                    self.text(x, middle + 4, "+" if value > 0 else "−", size=13, fill="muted", anchor="middle")
                elif channel == "mark" and value in (0, 1):
                    if value:
                        self.parts.append(f'<path d="M{x - 5:g} {middle - 4:g}h10l-5 9z" fill="{self.ink["ink"]}"/>')
                else:
                    size = value / largest * (height / 2 - 1)
                    title = f"{row.name} {unit + 1}, step {t + 1}: {value:.6g}"
                    self.rectangle(x - self.column / 2, middle - 0.5, self.column - 1, 1, self.ink["line"])
                    self.rectangle(x - self.column / 2, middle - max(size, 0), self.column - 1, max(abs(size), 0.01), self.ink["open"], title)
        return y + row.values.shape[1] * height

    def _symbol(self, row: Row, y: float) -> float:
        """The symbol that each step reads."""
        self.named(row, y, 20)
        inputs = self.trace.experiment.about.inputs
        for t, unit in enumerate(row.values.argmax(axis=1).tolist()):
            self.text(EDGE + LEFT + (t + 0.5) * self.column, y + 14, _visible(inputs[unit]), size=13, anchor="middle")
        return y + 20

    def _line(self, row: Row, y: float) -> float:
        """Each output as a line over its targets, where one is asked for."""
        target, mask = self.trace.arrays["target"], self.trace.arrays["mask"]
        height = 48
        self.named(row, y, row.values.shape[1] * height)
        for unit in range(row.values.shape[1]):
            largest = 1.1 * max(row.largest, float(np.abs(target[:, unit]).max()), 1e-12)
            place = [y + (unit + 0.5) * height - value / largest * height / 2 for value in row.values[:, unit].tolist()]
            self.rectangle(EDGE + LEFT, y + (unit + 0.5) * height, len(target) * self.column, 1, self.ink["line"])
            for t in np.flatnonzero(mask).tolist():
                wanted = y + (unit + 0.5) * height - float(target[t, unit]) / largest * height / 2
                self.rectangle(EDGE + LEFT + t * self.column, wanted - 3, self.column, 6, self.ink["target"],
                               f"target, step {t + 1}: {target[t, unit]:.6g}")
            points = [(EDGE + LEFT + (t + 0.5) * self.column, at) for t, at in enumerate(place)]
            self.parts.append(f'<polyline points="{" ".join(f"{x:g},{at:.2f}" for x, at in points)}" fill="none" stroke="{self.ink["ink"]}" stroke-width="1.5"/>')
            for t, (x, at) in enumerate(points):
                title = f"<title>{row.name}, step {t + 1}: {row.values[t, unit]:.6g}</title>"
                self.parts.append(f'<circle cx="{x:g}" cy="{at:.2f}" r="2.5" fill="{self.ink["ink"]}">{title if self.titled else ""}</circle>')
        return y + row.values.shape[1] * height

    def axis(self, y: float) -> float:
        every = 5 if self.column >= 16 else 10
        self.text(EDGE + LEFT - 30, y + 6, "t", size=14, fill="muted", anchor="end")
        for t in range(1, len(self.trace.arrays["h"]) + 1):
            if t == 1 or t % every == 0:
                self.text(EDGE + LEFT + (t - 0.5) * self.column, y + 6, str(t), fill="muted", anchor="middle")
        return y

    def legend(self, y: float) -> float:
        """What the marks mean, in numbers: openings from 0 to 1, colours from the most negative over 0 to the most positive."""
        x, marks = float(EDGE + LEFT), {row.mark for row in self.rows}
        if "opening" in marks:
            for k in range(5):
                self.rectangle(x, y, 14, 14, self.ink["empty"])
                self.rectangle(x, y + 14 - 14 * k / 4, 14, max(14 * k / 4, 0.01), self.ink["open"])
                x += 16
            self.text(x + 4, y + 11, "0 … 1", fill="muted")
            x += 70
        if "value" in marks:
            for k in range(17):
                self.rectangle(x, y, 8, 14, colour(k / 8 - 1, self.theme))
                x += 8
            self.text(x + 8, y + 11, "− … 0 … +", fill="muted")
        return y + (14 if marks & {"opening", "value"} else 0)


def _rows(trace: Trace, quantities: Sequence[str] | None) -> Iterator[Row]:
    arrays, about = instance("trace", trace, Trace).arrays, trace.experiment.about
    quantities, from_0_to_1 = usual(trace) if quantities is None else quantities, openings(trace)
    if not isinstance(quantities, (list, tuple)):
        raise InvalidInput("quantities", "type", f"quantities is {shown(quantities)}; give a list of names.",
                           got=shown(quantities))
    for name in [choice("quantity", name, trace.quantities) for name in quantities]:
        values = arrays[name]
        largest = 1.0 if name in FIXED_RANGE or name in from_0_to_1 else float(np.abs(values).max())
        if name == "c":                                 # on the scale of g and h up to 2; from 3 on its own
            largest = max(1.0, min(largest, 2 * largest - 3))
        if name == "x":
            mark = "symbol" if about.symbols else "bar"
        elif name == "y" and not about.classes():
            mark = "line"
        else:
            mark = "opening" if name in from_0_to_1 else "value"
        yield Row(name, values, largest, mark)


def _letter(trace: Trace, name: str) -> str:
    """A quantity as a short text: "f", "zf", "∂L/∂c"."""
    plain = {"tanh_c": "tanh c", "target": "d"}
    if name in plain or not name.startswith("d"):
        return plain.get(name, name.replace("z_", "z"))
    scalar = "L" if trace.experiment.gradient_of == "loss" else "y"
    return f"∂{scalar}/∂{name[1:].split('_via_')[0].replace('z_', 'z')}"


def _visible(symbol: str) -> str:
    return SYMBOLS.get(symbol, symbol)


def _broken(text: str, most: int) -> list[str]:
    """`text` in at most five lines, broken where a line is full: a link has no spaces."""
    lines = [text[k:k + most] for k in range(0, len(text), most)]
    return lines if len(lines) <= 5 else [*lines[:4], lines[4][:most - 1] + "…"]


_TO_LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]])
_TO_LAB = np.array([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.808675766]])
_FROM_LAB = np.array([[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]])
_FROM_LMS = np.array([[4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965],
                      [-0.0041960863, -0.7034186147, 1.707614701]])


def _oklab(code: str) -> np.ndarray:
    u = np.array([int(code[k:k + 2], 16) / 255 for k in (1, 3, 5)])
    return _TO_LAB @ np.cbrt(_TO_LMS @ np.where(u <= 0.04045, u / 12.92, ((u + 0.055) / 1.055) ** 2.4))


def _hex(lab: np.ndarray) -> str:
    u = np.clip(_FROM_LMS @ (_FROM_LAB @ lab) ** 3, 0, 1)
    return "#" + "".join(f"{math.floor(255 * v + 0.5):02x}" for v in np.where(u <= 0.0031308, 12.92 * u, 1.055 * u ** (1 / 2.4) - 0.055).tolist())


_SCALES = {theme: np.array([_oklab(code) for code in codes]) for theme, codes in STOPS.items()}


def _escaped(text: str) -> str:
    """`text` as the content of an element. The standard library's html comes with the names of 2231 characters, which the
    page would load with every visit."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
