"""Pictures of a trace as text and as SVG."""

import xml.etree.ElementTree as xml

import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, picture, run

TRACE = run(Experiment(length=6, hidden_size=2, updates=2))


def test_the_higher_the_number_the_higher_the_block():
    rows = picture.blocks(TRACE, ["f", "c"]).splitlines()
    assert len(rows) == 4 and [row.split("  ")[0].strip() or row.strip()[:3] for row in rows]
    for name, low in (("f", 0.0), ("c", -np.abs(TRACE.arrays["c"]).max())):
        values = TRACE.arrays[name]
        for unit in range(2):
            row = next(row for row in rows if row.strip().startswith(f"{name} {unit + 1} "))
            levels = [picture.BLOCKS.index(letter) for letter in row[12:18]]
            order = np.argsort(values[:, unit])
            assert (np.diff(np.array(levels)[order]) >= 0).all() and row.endswith("to 1" if name == "f" else f"{-low:.3g}")


def test_an_svg_has_a_named_square_for_each_number():
    tree = xml.fromstring(picture.svg(TRACE, ("h", "y", "dy")))
    titles = [title.text for title in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "h, y, dy over 6 steps" and len(titles) == 1 + 6 * (2 + 1 + 1)
    assert f"y, step 3: {TRACE.arrays['y'][2, 0]:.6g}" in titles
    zero = xml.fromstring(picture.svg(run(Experiment(length=2, gradient_of="loss", loss_at="last", updates=0)), ["dy"]))
    assert any(rect.get("fill") == "#ffffff" for rect in zero.iter("{http://www.w3.org/2000/svg}rect"))


@pytest.mark.parametrize("field, call", [
    ("trace", lambda: picture.svg(None)), ("quantities", lambda: picture.blocks(TRACE, "f")), ("quantities", lambda: picture.svg(TRACE, np.array(3))),
    ("quantity", lambda: picture.blocks(TRACE, ["q"])), ("quantity", lambda: picture.svg(TRACE, [3])),
])
def test_what_cannot_be_drawn_is_refused(field, call):
    with pytest.raises(InvalidInput) as refused:
        call()
    assert refused.value.field == field
