"""Pictures of a trace as text and as SVG."""

import xml.etree.ElementTree as xml

import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, drawing, picture, run

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
    tree = xml.fromstring(drawing.svg(TRACE, ("h", "y", "dy")))
    titles = [title.text for title in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "h, y, dy over 6 steps" and len(titles) == 1 + 6 * (2 + 1 + 1 + 1)      # and the targets behind y
    assert f"y, step 3: {TRACE.arrays['y'][2, 0]:.6g}" in titles
    zero = xml.fromstring(drawing.svg(run(Experiment(length=2, gradient_of="loss", loss_at="last", updates=0)), ["dy"]))
    assert any(rect.get("fill") == drawing.STOPS["light"][4] for rect in zero.iter("{http://www.w3.org/2000/svg}rect"))


def test_the_colours_of_a_drawing_are_those_of_its_stops_and_a_large_one_stays_small():
    for theme, stops in drawing.STOPS.items():
        assert [drawing.colour(k / 4, theme) for k in range(-4, 5)] == list(stops)
        assert drawing.colour(-7, theme) == stops[0] and drawing.colour(7, theme) == stops[-1]
    large = drawing.svg(run(Experiment(length=200, hidden_size=64, updates=0)), ["f", "c"], theme="dark", title="A <large> one", notes=["n" * 900])
    assert len(large) < 3e6 and "A &lt;large&gt; one" in large and large.count("nnn") and xml.fromstring(large) is not None


def test_what_is_drawn_is_as_large_as_its_number():
    """An opening fills as much of its square as it is open, and a value has its colour."""
    rectangle = "{http://www.w3.org/2000/svg}rect"
    assert np.abs(TRACE.arrays["c"]).max() < 1          # and so c has the scale of g and h
    found = {}
    for group in xml.fromstring(drawing.svg(TRACE, ["f", "c"])).iter("{http://www.w3.org/2000/svg}g"):
        found[group[0].text.split(":")[0]] = [(float(one.get("height")), one.get("fill")) for one in group.iter(rectangle)]
    assert len(found) == 2 * 6 * 2
    for t in range(6):
        for unit in range(2):
            (whole, _), (filled, _) = found[f"f {unit + 1}, step {t + 1}"]
            assert abs(filled / whole - TRACE.arrays["f"][t, unit]) < 1e-3
            assert found[f"c {unit + 1}, step {t + 1}"][0][1] == drawing.colour(TRACE.arrays["c"][t, unit])


def test_a_cell_state_that_outgrows_its_scale_says_so_and_from_3_on_has_its_own():
    assert ">±1<" in drawing.svg(TRACE, ["c"])
    trained = run(Experiment())
    assert 1 < (most := np.abs(trained.arrays["c"]).max()) < 2 and f">±1, max {most:.3g}<" in drawing.svg(trained, ["c"])
    largest = np.abs((grown := run(Experiment(damage={"clamp_f": 1.0}, updates=0, length=30, edits={"bias[6]": 9.0, "bias[0]": 9.0}))).arrays["c"]).max()
    assert largest > 3 and f">±{largest:.3g}<" in drawing.svg(grown, ["c"])


@pytest.mark.parametrize("field, call", [
    ("trace", lambda: drawing.svg(None)), ("quantities", lambda: picture.blocks(TRACE, "f")), ("quantities", lambda: drawing.svg(TRACE, np.array(3))),
    ("theme", lambda: drawing.svg(TRACE, theme="red")), ("quantity", lambda: picture.blocks(TRACE, ["q"])), ("quantity", lambda: drawing.svg(TRACE, [3])),
])
def test_what_cannot_be_drawn_is_refused(field, call):
    with pytest.raises(InvalidInput) as refused:
        call()
    assert refused.value.field == field
