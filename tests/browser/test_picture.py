"""What is painted is what was computed: ink levels of the gates, colours of the values, against an OKLab of our own."""
import numpy as np
import pytest
from lab import in_cpython, lab, live_tabs, shared_tab, wait_until  # noqa: F401

# LOOK.md's table. It stands here a second time so that the page cannot change it unnoticed.
STOPS = {
    "light": "#004b96 #4775af #7f9fc6 #b9c9dc #f4f3f0 #e9c7b6 #da9b7d #c86e42 #ab4500".split(),
    "dark": "#76c7ff #5c9bc7 #49718e #354959 #212429 #534336 #88633f #c28545 #ffa747".split(),
}
# Ottosson's OKLab as two matrices around a cube root.
TO_LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                   [0.0883024619, 0.2817188376, 0.6299787005]])
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                   [0.0259040371, 0.7827717662, -0.8086757660]])


def oklab(hexadecimal):
    encoded = np.array([int(hexadecimal[k:k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return TO_LAB @ np.cbrt(TO_LMS @ linear)


def rgb(lab_colour):
    linear = np.clip(np.linalg.inv(TO_LMS) @ (np.linalg.inv(TO_LAB) @ lab_colour) ** 3, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return 255 * np.clip(encoded, 0, 1)


def expected_colour(value, most, theme):
    """The colour of `value` on a scale from -most to most."""
    scale = np.array([oklab(stop) for stop in STOPS[theme]])
    place = (np.clip(value / most, -1, 1) + 1) / 2 * (len(scale) - 1)
    return rgb(np.array([np.interp(place, np.arange(len(scale)), scale[:, k]) for k in range(3)]))


def cell(lab, quantity, t, unit):
    """The pixels of a number's cell on the canvas: rows, columns, RGB."""
    lab.select(quantity, t, unit)
    box = lab.tab.locator(".score .selected").evaluate(
        """box => {
            const { e, f } = new DOMMatrix(box.style.transform);
            return [e, f, parseFloat(box.style.width), parseFloat(box.style.height)];
        }""")
    wait_until(lab.tab, "new Promise((done) => requestAnimationFrame(() => done(true)))")
    flat = lab.tab.evaluate("""([x, y, w, h]) => [...document.querySelector("#picture canvas").getContext("2d")
        .getImageData(Math.round(x), Math.round(y), Math.round(w), Math.round(h)).data]""", box)
    return np.array(flat).reshape(round(box[3]), round(box[2]), 4)[..., :3]


@pytest.fixture(params=["light", "dark"])
def theme(lab, request):
    """Both themes, and back to the first."""
    root = lab.tab.locator("html")
    switch = lab.tab.locator("header button.theme")
    if root.get_attribute("data-theme") != request.param:
        switch.click()
    assert root.get_attribute("data-theme") == request.param
    yield request.param
    if request.param != "light":
        switch.click()


def css_colour(lab, name):
    text = lab.tab.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()", name)
    return np.array([int(text[k:k + 2], 16) for k in (1, 3, 5)])


TANH_LIKE = ("g", "h")


@pytest.mark.parametrize("room, quantities", [("forward", ["g", "c", "h", "dc"]),
                                              ("backward", ["dz_f", "dz_i", "dz_g", "dz_o", "dc", "dh", "dx"])])
def test_a_value_has_the_colour_of_its_size_and_sign(lab, theme, room, quantities):
    arrays = in_cpython({})
    lab.enter(room)
    signs = set()
    for quantity in quantities:
        most = 1 if quantity in TANH_LIKE else np.max(np.abs(arrays[quantity]))
        if quantity == "c":                             # on their scale too, as long as it does not outgrow it by more than 1
            assert 1 < most < 2
            most = 1
        # The smallest, the largest, the one nearest to zero, and some in between.
        order = np.argsort(arrays[quantity].ravel())
        nearest = np.argmin(np.abs(arrays[quantity]))
        for index in {*order[[0, len(order) // 5, len(order) // 2, -7, -1]], nearest}:
            t, unit = divmod(int(index), arrays[quantity].shape[1])
            value = arrays[quantity][t, unit]
            pixels = cell(lab, quantity, t + 1, unit + 1)
            middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2]
            assert np.max(np.abs(middle - expected_colour(value, most, theme))) <= 1.01, (quantity, t + 1, unit + 1, value)
            signs.add(np.sign(round(value / most, 2)))
    assert signs == {-1, 0, 1}


@pytest.mark.parametrize("gate", ["f", "i", "o"])
def test_a_gate_is_filled_as_far_as_it_is_open(lab, theme, gate):
    arrays = in_cpython({})
    ink, empty = css_colour(lab, "--open"), css_colour(lab, "--empty")
    order = np.argsort(arrays[gate].ravel())
    levels = []
    for index in order[[0, 10, len(order) // 2, -10, -1]]:
        t, unit = divmod(int(index), 3)
        value = arrays[gate][t, unit]
        column = cell(lab, gate, t + 1, unit + 1)
        column = column[:, column.shape[1] // 2]
        inside = column[1:-1]  # the gap to the next cell is one pixel at either end
        # A row of pixels that the level cuts is mixed of both.
        share = np.array([np.dot(row - empty, ink - empty) / np.dot(ink - empty, ink - empty) for row in inside])
        assert np.all((share > -0.03) & (share < 1.03))
        assert np.all(np.diff(share) > -0.03), "it fills from below"
        assert abs(share.mean() - value) < 0.02, (gate, t + 1, unit + 1, value)
        levels.append(share.mean())
    assert levels[-1] - levels[0] > 0.3


def test_small_cells_have_the_colour_of_their_number(lab, theme):
    """Of many units each has a row too low for a level: a gate's ink is thinned, and all is painted at once."""
    experiment = {"hidden_size": 22, "length": 50, "updates": 2, "scale": 4}
    lab.set(**experiment)
    arrays = in_cpython(experiment)
    ink, empty = css_colour(lab, "--open"), css_colour(lab, "--empty")
    for quantity in ("f", "o", "g", "h"):
        order = np.argsort(arrays[quantity].ravel())
        for index in order[[0, len(order) // 3, len(order) // 2, -9, -1]]:
            t, unit = divmod(int(index), 22)
            value = arrays[quantity][t, unit]
            pixels = cell(lab, quantity, t + 1, unit + 1)
            assert pixels.shape[0] < 6
            right = expected_colour(value, 1, theme) if quantity in TANH_LIKE else empty + value * (ink - empty)
            assert np.max(np.abs(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2] - right)) <= 1.3, (quantity, t + 1, unit + 1, value)
    pixels = lab.tab.evaluate("""() => { const canvas = document.querySelector('#picture canvas');
        return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].filter((_, k) => k % 4 === 3); }""")
    assert {0, 255} < set(pixels), "there are gaps between cells"


def test_the_picture_is_painted_anew_for_every_experiment(lab):
    before = cell(lab, "c", 20, 1)
    lab.set(updates=0)
    after = cell(lab, "c", 20, 1)
    assert np.max(np.abs(before - after)) > 20


def test_a_click_selects_the_number_under_the_pointer(lab):
    canvas = lab.tab.locator("#picture canvas")
    for quantity, t, unit in [("f", 1, 1), ("o", 24, 3), ("c", 7, 2), ("x", 5, 2), ("y", 12, 1)]:
        lab.select(quantity, t, unit)
        place = lab.tab.locator(".inspector h2").text_content()
        inner = lab.tab.locator(".score .selected").bounding_box()
        lab.select("h", 3, 1)
        outer = canvas.bounding_box()
        canvas.click(position={"x": inner["x"] + inner["width"] / 2 - outer["x"], "y": inner["y"] + inner["height"] / 2 - outer["y"]})
        assert lab.tab.locator(".inspector h2").text_content() == place


def test_the_selected_box_stands_within_its_row(lab):
    """The play head and the boxes are drawn beside the canvas; they agree with it."""
    lab.select("g", 9, 2)
    head, box = lab.tab.locator(".playhead").bounding_box(), lab.tab.locator(".score .selected").bounding_box()
    assert abs(head["x"] - box["x"]) < 1 and abs(head["width"] - box["width"]) < 1
    assert head["y"] <= box["y"] and box["y"] + box["height"] <= head["y"] + head["height"]
