"""The colours of numbers can be told apart by everyone, and text can be read: LOOK.md's table as a test.

Colour blindness is simulated in two ways that differ a little: as Machado, Oliveira and Fernandes (2009) do, and as
Viénot, Brettel and Mollon (1999), for tritan as Brettel, Viénot and Mollon (1997). Differences are CIEDE2000.
"""
import re

import numpy as np
import pytest
from test_picture import STOPS

from py_lstm.drawing import INK
from web.build.paths import WEB

SIGHT = {
    "normal": np.eye(3),
    "protan (Viénot)": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deutan (Viénot)": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    # Two half planes, one on either side of the greys.
    "tritan (Brettel)": (np.array([0.03901, -0.02788, -0.01113]),
                         np.array([[1.01277, 0.13548, -0.14826], [-0.01243, 0.86812, 0.14431], [0.07589, 0.80500, 0.11911]]),
                         np.array([[0.93678, 0.18979, -0.12657], [0.06154, 0.81526, 0.12320], [-0.37562, 1.12767, 0.24796]])),
    "protan (Machado)": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan (Machado)": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan (Machado)": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
WHITE = TO_XYZ @ np.ones(3)


def linear(hexadecimal):
    u = np.array([int(hexadecimal[k:k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(u <= 0.04045, u / 12.92, ((u + 0.055) / 1.055) ** 2.4)


def cielab(rgb_linear):
    r = TO_XYZ @ np.clip(rgb_linear, 0, 1) / WHITE
    f = np.where(r > (6 / 29) ** 3, np.cbrt(r), r * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one, two):
    """Sharma, Wu and Dalal (2005)."""
    (L1, a1, b1), (L2, a2, b2) = one, two
    C = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    G = 0.5 * (1 - np.sqrt(C ** 7 / (C ** 7 + 25.0 ** 7)))
    C1, C2 = np.hypot((1 + G) * a1, b1), np.hypot((1 + G) * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, (1 + G) * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    dh = 0 if C1 * C2 == 0 else (h2 - h1 + 180) % 360 - 180
    dH = 2 * np.sqrt(C1 * C2) * np.sin(np.radians(dh / 2))
    L, C = (L1 + L2) / 2, (C1 + C2) / 2
    h = h1 + h2 if C1 * C2 == 0 else (h1 + dh / 2) % 360
    T = (1 - 0.17 * np.cos(np.radians(h - 30)) + 0.24 * np.cos(np.radians(2 * h))
         + 0.32 * np.cos(np.radians(3 * h + 6)) - 0.20 * np.cos(np.radians(4 * h - 63)))
    SL = 1 + 0.015 * (L - 50) ** 2 / np.sqrt(20 + (L - 50) ** 2)
    SC, SH = 1 + 0.045 * C, 1 + 0.015 * C * T
    RT = -2 * np.sqrt(C ** 7 / (C ** 7 + 25.0 ** 7)) * np.sin(np.radians(60 * np.exp(-((h - 275) / 25) ** 2)))
    dL, dC = (L2 - L1) / SL, (C2 - C1) / SC
    return float(np.sqrt(dL ** 2 + dC ** 2 + (dH / SH) ** 2 + RT * dC * dH / SH))


def test_our_ciede2000_is_the_published_one():
    """Pairs of the table in Sharma, Wu and Dalal."""
    for one, two, difference in [((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, -1, 2), (50, 0, 0), 2.3669),
                                 ((50, 2.5, 0), (50, 0, -2.5), 4.3065), ((50, 2.5, 0), (73, 25, -18), 27.1492),
                                 ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
                                 ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644)]:
        assert ciede2000(one, two) == pytest.approx(difference, abs=1e-4)


def page_stops():
    code = (WEB / "core" / "colour.js").read_text(encoding="utf-8")
    return {theme: re.findall(r"#[0-9a-f]{6}", re.search(theme + r": \[(.*?)\]", code, re.DOTALL)[1]) for theme in STOPS}


def test_the_page_uses_the_table():
    assert page_stops() == STOPS


def seen_as(sight, colour):
    if isinstance(sight, tuple):
        normal, above, below = sight
        return (above if colour @ normal >= 0 else below) @ colour
    return sight @ colour


# The least of all: 11.4 and 19.7 by Viénot and Brettel, 10.0 and 17.9 by Machado. About 2 can just be told apart.
NEIGHBOURS_DIFFER, SIGNS_DIFFER = 10, 17.5


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", STOPS)
def test_steps_and_signs_can_be_told_apart(theme, sight):
    seen = [cielab(seen_as(SIGHT[sight], linear(stop))) for stop in STOPS[theme]]
    assert min(ciede2000(a, b) for a, b in zip(seen, seen[1:])) >= NEIGHBOURS_DIFFER
    assert min(ciede2000(seen[k], seen[-1 - k]) for k in range(4)) >= SIGNS_DIFFER
    lightness = [colour[0] for colour in seen]
    outwards = np.sign(lightness[0] - lightness[4])
    assert np.all(outwards * np.diff(lightness[:5]) < 0) and np.all(outwards * np.diff(lightness[4:]) > 0)


def variables(theme):
    css = (WEB / "styles" / "base.css").read_text(encoding="utf-8")
    block = re.search(r'data-theme="%s"\] \{(.*?)\}' % theme, css, re.DOTALL)[1]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def contrast(one, two):
    """WCAG's contrast ratio."""
    high, low = sorted((float(TO_XYZ[1] @ linear(colour)) for colour in (one, two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", STOPS)
def test_text_can_be_read_on_every_ground(theme):
    colours = variables(theme)
    for text in ("ink", "muted", "wrong"):
        for ground in ("paper", "raised", "hover"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for line in ("via-c", "via-h", "open"):
        assert contrast(colours[line], colours["paper"]) >= 3, line
    for mark in ("open", "target"):                     # what has to be seen without being read, also behind the output
        assert contrast(colours[mark], colours["paper"]) >= 3, mark
        assert colours[mark] == INK[theme][mark], mark  # as py_lstm draws it
    assert contrast(colours["target"], colours["ink"]) >= 3


@pytest.mark.parametrize("theme", STOPS)
def test_what_marks_a_field_to_type_in_can_be_seen(theme):
    colours = variables(theme)
    for ground in ("paper", "raised"):
        assert contrast(colours["edge"], colours[ground]) >= 3, ground
    for sheet in (WEB / "styles").glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        for selector, rule in re.findall(r"([^{}]+)\{([^{}]*)\}", rules):
            field = re.search(r"input(?!\[type=\"range|\[role)|textarea|\.number$|\.short$|editable-input", selector.strip())
            if field and "select" not in selector:      # an arrow marks a menu
                assert "var(--line)" not in rule, selector
