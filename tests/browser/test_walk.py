"""Walking both passes: by step and by equation, with the numbers, sums and streams that belong to each place."""
import re

import numpy as np
import pytest
from lab import DEFAULTS, in_cpython, lab, live_tabs, shared_tab, wait_until  # noqa: F401  (fixtures)

from py_lstm import Experiment, Trainer, explain, growth, reach, run
from py_lstm.reach import reach_in
from py_lstm.trace import quantities

FORWARD = ["z_f", "f", "z_i", "i", "z_g", "g", "z_o", "o", "c", "tanh_c", "h", "y"]
BACKWARD = ["dy", "dh_via_y", "dh_via_z", "dh", "dc_via_h", "dc_via_c", "dc", "dz_o", "dz_f", "dz_i", "dz_g", "dx"]


def number(text):
    """A number as it is written, with a real minus and powers of ten."""
    digits, _, power = text.replace("−", "-").partition(" × 10")
    return float(digits) * 10.0 ** int(power.translate(SUPERSCRIPTS) or 0)


def told(tab, quantity, t, unit):
    """Wait until the inspector tells of this place; the number it tells."""
    wait_until(tab, """([q, t, u]) => { const d = document.querySelector('.inspector data');
        return d && d.dataset.place === `${q},${t},${u}` }""", arg=[quantity, t, unit])
    return float(tab.locator(".inspector data").get_attribute("value"))


@pytest.fixture(params=["en", "zh-CN"])
def language(lab, request):
    """The language the page speaks for this test."""
    def speak(wanted):
        if lab.tab.locator("html").get_attribute("lang") != wanted:
            lab.tab.locator("header button[lang]").click()
        wait_until(lab.tab, "wanted => document.documentElement.lang === wanted", arg=wanted)

    speak(request.param)
    return request.param


@pytest.mark.parametrize("room, order", [("forward", FORWARD), ("backward", BACKWARD)])
def test_walking_by_equation_meets_every_number_in_the_order_of_the_pass(lab, language, room, order):
    tab, arrays = lab.tab, in_cpython({"updates": 20})
    lab.set(updates=20)
    lab.enter(room)
    lab.select(order[0], 12, 1)
    tab.locator(".playbar select").first.select_option("equation")
    onwards = tab.locator(".playbar .icon").nth(3 if room == "forward" else 1)
    for quantity in order:
        np.testing.assert_allclose(told(tab, quantity, 12, 1), arrays[quantity][11, 0], rtol=1e-9)
        onwards.click()
    told(tab, order[0], 13 if room == "forward" else 11, 1)
    tab.locator(".playbar select").first.select_option("step")


def test_the_walk_the_table_and_the_glossary_have_every_quantity_of_a_task_with_classes(lab):
    """p, the probabilities, are there where the answer is one of several symbols, and nowhere else."""
    tab, e = lab.tab, Experiment.from_json({**DEFAULTS, "task": "reber", "updates": 2})
    lab.set(task="reber", updates=2)
    arrays = run(e).arrays
    lab.select("y", 2, 1)
    tab.locator(".playbar select").first.select_option("equation")
    tab.locator(".playbar .icon").nth(3).click()
    np.testing.assert_allclose(told(tab, "p", 2, 1), arrays["p"][1, 0], rtol=1e-9)
    tab.locator(".playbar .icon").nth(3).click()
    told(tab, FORWARD[0], 3, 1)
    tab.locator(".playbar select").first.select_option("step")
    tab.locator("details.numbers-table").evaluate("details => { details.open = true; }")
    choices = tab.locator("details.numbers-table option")
    choices.first.wait_for(state="attached")
    assert choices.evaluate_all("all => all.map(({ value }) => value)") == list(quantities(e))
    assert "p" in quantities(e) and "p" not in quantities(Experiment())
    lab.select("p", 2, 1)
    cells = tab.locator("details.numbers-table tbody td")
    wait_until(tab, "count => document.querySelectorAll('details.numbers-table tbody td').length === count", arg=arrays["p"].size)
    np.testing.assert_allclose(cells.evaluate_all("cells => cells.map(cell => Number(cell.dataset.value))"), arrays["p"].T.ravel(), rtol=1e-9)
    tab.locator(".inspector .breadcrumb button").click()
    assert "p" == tab.locator("dialog .glossary .wanted dt").text_content().split(" ")[-1]
    tab.keyboard.press("Escape")
    lab.set(task="latch", updates=0)
    wait_until(tab, "![...document.querySelectorAll('details.numbers-table option')].some(({ value }) => value === 'p')")


SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def evaluated(row):
    """What a written row of an equation comes to, signs and digits taken as they stand there."""
    row = row.replace("\u00a0", " ")
    text = re.sub(r"×\s*10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: "* 10.0**" + power[1].translate(SUPERSCRIPTS), row)
    text = text.replace("−", "-").replace("·", "*").lstrip("= ")
    return eval(text.replace("σ", "sigma"), {"sigma": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh})


@pytest.mark.parametrize("t", [1, 13, 24])
@pytest.mark.parametrize("quantity", ["z_f", "f", "c", "h", "y", "dh", "dc", "dc_via_h", "dh_via_z", "dz_f", "dx"])
def test_written_rows_give_the_written_number(lab, quantity, t):
    tab = lab.tab
    lab.select(quantity, t, 1)
    told(tab, quantity, t, 1)
    rows = tab.evaluate("""() => [...document.querySelectorAll(".equation .row")].map((row) => {
        const copy = row.cloneNode(true);
        for (const symbol of copy.querySelectorAll(".symbol")) symbol.remove();
        return copy.textContent;
    })""")
    if not rows:
        assert (quantity, t) == ("dh_via_z", 24), "there alone nothing arrives"
        return
    result = evaluated(rows[-1])
    # One in the last place of the result as it is written.
    place = evaluated(re.sub(r"^(= ?)(−?)\d+(\.?)(\d*)", lambda at: "1" if not at[4] else "0." + "1".rjust(len(at[4]), "0"), rows[-1]))
    for row in rows[:-1]:
        sums_only = "·" not in row and not re.search("σ|tanh", row)
        assert abs(evaluated(row) - result) <= (1e-6 if sums_only else 0.6) * place, rows
    while tab.locator(".inspector .fold[aria-expanded=false]").count():
        tab.locator(".inspector .fold[aria-expanded=false]").first.click()
    for table in tab.locator(".inspector .terms").all():
        written = [number(text) for text in table.locator("td:last-child").all_text_contents()]
        assert sum(written[:-1]) == pytest.approx(written[-1], abs=1e-9)
        exact = sum(float(cell.get_attribute("data-part")) for cell in table.locator("td[data-part]").all())
        assert exact == pytest.approx(float(table.get_attribute("data-sum")), abs=1e-12)


def test_the_two_streams_at_c_show_their_shares(lab):
    tab = lab.tab
    lab.enter("backward")
    trace = run(Experiment(updates=200))
    alike = set()
    for t, unit in ((20, 2), (17, 1), (13, 3), (17, 2), (16, 1), (15, 3)):
        lab.select("dc", t, unit)
        told(tab, "dc", t, unit)
        via_h, via_c = (term.value for term in explain(trace, "dc", t, unit).lines[0].terms)
        shown = tab.locator(".diagram .shares text").all_text_contents()
        share = 100 * via_c / (via_c + via_h)
        # Of parts that have different signs, one is more than the whole.
        assert shown == ([f"{share:.0f}%", f"{100 - share:.0f}%"] if via_c * via_h > 0 else []), (t, unit, via_h, via_c)
        alike.add(via_c * via_h > 0)
    assert alike == {True, False}


@pytest.mark.parametrize("room", ["forward", "backward"])
def test_a_click_on_a_wire_selects_the_quantity_it_carries(lab, room):
    tab, wires = lab.tab, 17
    lab.enter(room)
    elsewhere, found = "tanh_c" if room == "forward" else "dh", []
    for k in range(wires):
        lab.select(elsewhere, 13, 2)
        told(tab, elsewhere, 13, 2)
        # A point of the wire on which nothing else lies, and how far its own end is from the step before.
        wire = tab.evaluate("""(k) => {
            const carriers = document.querySelectorAll(".diagram [data-wire]");
            const carrier = carriers[k];
            carrier.scrollIntoView({ block: "nearest" });
            const path = carrier.querySelector(".wire");
            const points = [...Array(41).keys()].map((n) => path.getPointAtLength((n / 40) * path.getTotalLength())
              .matrixTransform(path.getScreenCTM()));
            const free = points.filter(({ x, y }) => carrier.contains(document.elementFromPoint(x, y)));
            const middle = free[free.length >> 1];
            return middle && { count: carriers.length, free: free.length, x: middle.x, y: middle.y, quantity: carrier.dataset.wire,
              before: path.getBBox().x < 60 };
        }""", k)
        assert wire and wire["count"] == wires and wire["free"] >= 3, f"wire {k} cannot be clicked: {wire}"
        tab.mouse.click(wire["x"], wire["y"])
        told(tab, wire["quantity"], 12 if wire["before"] else 13, min(2, width(wire["quantity"])))
        found.append(wire["quantity"])
    assert set(found) == WIRED[room]


# What the wires of the diagram carry.
WIRED = {"forward": {"c", "f", "i", "g", "o", "tanh_c", "h", "x", "z_f", "z_i", "z_g", "z_o"},
         "backward": {"dc", "dc_via_c", "dc_via_h", "dz_f", "dz_i", "dz_g", "dz_o", "dh_via_z", "dx"}}


def width(quantity):
    """How many numbers of it there are at a step of the default experiment."""
    return run(Experiment(updates=0)).arrays[quantity].shape[1]


def test_forward_the_wires_carry_what_is_kept_and_what_is_written(lab):
    lab.select("c", 13, 2)
    told(lab.tab, "c", 13, 2)
    assert [lab.tab.locator(f".diagram .mark[data-mark={part}] text").text_content() for part in ("kept", "written")] == ["−0.035", "0.633"]


def test_gradients_grow_to_what_the_package_returns(lab):
    tab = lab.tab
    lab.set(gradient_of="loss", updates=30)
    trace = run(Experiment(gradient_of="loss", updates=30))
    lab.enter("backward")
    for t in (24, 18, 9, 1):
        lab.select("dc", t, 1)
        told(tab, "dc", t, 1)
        # The element chosen at first is U^f of unit 1 from unit 1: row H of weight_hh.
        shown = float(tab.locator("[data-growth=so_far]").get_attribute("data-value"))
        np.testing.assert_allclose(shown, growth(trace, t).so_far["weight_hh"][3, 0], rtol=1e-9)
    whole = float(tab.locator("[data-growth=whole]").get_attribute("data-value"))
    np.testing.assert_allclose([shown, whole], trace.arrays["weight_hh_grad"][3, 0], rtol=1e-9)


def test_arrow_keys_choose_the_element_whose_growth_is_told(lab):
    tab = lab.tab
    lab.enter("backward")
    lab.select("dc", 10, 1)
    told(tab, "dc", 10, 1)
    tab.locator(".gates-grown").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        tab.keyboard.press(key)
    expected = growth(run(Experiment()), 10).so_far["bias"][4]
    np.testing.assert_allclose(float(tab.locator("[data-growth=so_far]").get_attribute("data-value")), expected, rtol=1e-9)
    for key in ("ArrowLeft", "ArrowUp", "ArrowLeft", "ArrowLeft"):
        tab.keyboard.press(key)


def test_the_reach_is_the_one_measured(lab):
    tab = lab.tab
    lab.enter("backward")
    lab.select("dc", 17, 2)
    told(tab, "dc", 17, 2)
    measured = reach(run(Experiment()), 2)
    for name in ("dc", "dh", "dc_unit", "kept"):
        shown = number(tab.locator(f"[data-reach={name}]").text_content())
        assert shown == pytest.approx(getattr(measured, name)[16], rel=5e-3)


def test_a_trained_rnn_stands_beside_the_lstm(lab, language):
    tab = lab.tab
    lab.set(updates=21)
    lab.enter("backward")
    lab.select("dc", 9, 1)
    told(tab, "dc", 9, 1)
    experiment = Experiment(updates=21)
    rival = Trainer(experiment.baseline("rnn"))
    while len(rival.losses) < 21:
        rival.update()
    expected = reach_in(rival, run(experiment))
    assert tab.locator("[data-reach=dh_trained]").count() == 0, "it is trained when it is asked for"
    tab.locator(".reach > button").click()
    tab.locator("[data-reach=dh_trained]").wait_for()
    assert float(tab.locator("[data-rnn-loss]").get_attribute("data-rnn-loss")) == pytest.approx(rival.losses[-1], rel=1e-9)
    for t in (9, 24, 1):
        lab.select("dc", t, 1)
        told(tab, "dc", t, 1)
        assert number(tab.locator("[data-reach=dh_trained]").text_content()) == pytest.approx(expected[t - 1], rel=5e-3)
    # Of another network it says nothing.
    lab.set(updates=22)
    wait_until(tab, "!document.querySelector('[data-reach=dh_trained]') && document.querySelector('.reach > button')")


def test_an_rnn_that_leaves_the_numbers_says_at_which_update(lab):
    # One of the few where the LSTM lasts longer, by one update; what it makes of the sequence is kept finite by edits, which no training has.
    still = {"readout_weight[0,%d]" % unit: 0 for unit in range(3)} | {"readout_bias[0]": 0}
    lab.set(optimizer="sgd", learning_rate=100, weight_decay=3, clip_norm=1e9, updates=63, length=8, batch_size=2, edits=still)
    lab.enter("backward")
    lab.tab.locator(".reach > button").click()
    lab.tab.locator(".reach [role=alert]").wait_for()
    assert "update 63" in lab.tab.locator(".reach [role=alert]").text_content()
    lab.set(learning_rate=0.02)
    wait_until(lab.tab, "!document.querySelector('.reach [role=alert]') && document.querySelector('.reach > button')")


def test_any_output_at_any_step_can_be_differentiated(lab):
    tab = lab.tab
    lab.select("y", 9, 1)
    told(tab, "y", 9, 1)
    tab.get_by_role("button", name="Differentiate the output of step 9").click()
    lab.settle()
    assert lab.experiment["output_step"] == 9
    assert not lab.trace()["dx"][9:].any() and lab.trace()["dx"][:9].any()


def test_the_source_of_a_number_opens_at_its_line(lab):
    tab = lab.tab
    lab.select("c", 5, 1)
    told(tab, "c", 5, 1)
    tab.locator(".source .file").click()
    marked = tab.locator("dialog .marked")
    marked.wait_for()
    assert "c[t] = f[t] * c_prev + i[t] * g[t]" in marked.text_content()
    tab.keyboard.press("Escape")
    wait_until(tab, "!document.querySelector('dialog')")


def test_the_first_visit_asks_before_it_shows(lab):
    tab = lab.tab
    tab.get_by_role("button", name="Tour").click()
    card = tab.locator(".tour")
    for _ in range(3):
        card.locator(".chosen").first.click()
    veil = tab.locator(".veil.full")
    assert veil.bounding_box()["width"] > 100
    card.get_by_role("button", name="It falls").click()
    assert veil.count() == 0
    c = in_cpython({})["c"][:, 1]
    assert "Right." in card.text_content()
    assert f"from {c[16]:.3f} to −{-c[17]:.3f}" in card.text_content()
    card.get_by_role("button", name="Next").click()
    assert tab.locator("nav .tab").nth(1).get_attribute("aria-pressed") == "true"
    card.get_by_role("button", name="Leave").click()
    assert card.count() == 0


def test_the_walk_ends_when_what_it_tells_of_is_changed(lab):
    tab = lab.tab
    tab.get_by_role("button", name="Tour").click()
    tab.locator(".tour").wait_for()
    lab.set(updates=199)
    wait_until(tab, "!document.querySelector('.tour')")
    assert tab.locator(".caption").is_visible()


def test_the_opening_plays_to_its_mark_though_python_comes_meanwhile(visit, site, until_live):
    tab = visit(reduced_motion="no-preference")
    tab.goto(site)
    until_live(tab)
    wait_until(tab, "document.querySelector('.now')?.textContent === 't = 13 of 24'")
    tab.wait_for_timeout(800)
    assert tab.locator(".now").text_content() == "t = 13 of 24"
