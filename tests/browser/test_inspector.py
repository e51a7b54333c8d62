"""Every number can say where it came from: its value, terms that add up, operands that lead on, and Python's line."""
import math
import re

import pytest
from lab import SAME, in_cpython, lab, live_tabs, shared_tab, wait_until  # noqa: F401

from py_lstm import Experiment, explain, run
from py_lstm.trace import BACKWARD, FORWARD
from web.build.paths import ROOT

EXPERIMENT = {"hidden_size": 3, "length": 8, "updates": 0, "gradient_of": "loss"}


def explained(lab, quantity, t, unit):
    """Select a number; what the inspector then says of it."""
    lab.select(quantity, t, unit)
    wait_until(lab.tab, "([place]) => document.querySelector('.inspector data')?.dataset.place === place",
               arg=["%s,%d,%d" % (quantity, t, unit)])
    return lab.tab.evaluate("""() => {
        const inspector = document.querySelector(".inspector");
        const equation = inspector.querySelector(".equation");
        // What is multiplied out in a lower row says the same as the terms above it.
        const lines = [...new Set([...(equation?.querySelectorAll("[data-line]") ?? [])].map((at) => at.dataset.line))].sort();
        const numbers = (line, name) => {
          const row = [...equation.querySelectorAll(".row")].find((each) => each.querySelector(`[data-${name}][data-line="${line}"]`));
          return row ? [...row.querySelectorAll(`[data-${name}][data-line="${line}"]`)].map((at) => Number(at.dataset[name])) : [];
        };
        return { value: Number(inspector.querySelector("data").value), digits: inspector.querySelector(".digits").textContent,
          sources: [...inspector.querySelectorAll(".source")].map((source) => [
              source.querySelector(".file").textContent, source.querySelector("code").textContent]),
          lines: lines.map((line) => ({ terms: numbers(line, "term"), total: numbers(line, "total")[0] ?? null })) };
    }""")


def unfold(lab):
    folds = lab.tab.locator(".inspector .fold[aria-expanded=false]")
    while folds.count():
        folds.first.click()


@pytest.mark.parametrize("quantity", FORWARD + BACKWARD)
def test_the_value_is_that_of_the_trace_and_its_terms_are_those_of_python(lab, quantity):
    lab.set(**EXPERIMENT)
    theirs = run(Experiment(**EXPERIMENT))
    width = theirs.arrays[quantity].shape[1]
    for t, unit in {(1, 1), (4, width), (8, max(1, width - 1))}:
        shown = explained(lab, quantity, t, unit)
        value = theirs.arrays[quantity][t - 1, unit - 1]
        assert shown["value"] == pytest.approx(value, abs=SAME)
        assert float(shown["digits"].replace("−", "-")) == shown["value"], "every digit is shown"
        lines = explain(theirs, quantity, t, unit).lines
        assert [line["terms"] for line in shown["lines"]] == [
            pytest.approx([term.value for term in line.terms], abs=SAME) for line in lines if line.terms]
        for line, told in zip(shown["lines"], lines):
            function = {r"\tanh": math.tanh, r"\sigma": lambda z: 1 / (1 + math.exp(-z)), "": lambda z: z}[told.function]
            assert function(sum(line["terms"])) == pytest.approx(line["total"], abs=SAME)
        assert len(shown["sources"]) == sum(len(line.sources) for line in lines)
        for place, code in shown["sources"]:
            file, number = place.rsplit(":", 1)
            assert code in (ROOT / file).read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_the_parts_of_a_sum_add_up_to_it(lab):
    lab.set(**EXPERIMENT)
    explained(lab, "z_f", 5, 2)
    folds = lab.tab.locator(".inspector .fold")
    assert folds.count() == 2
    unfold(lab)
    sums = lab.tab.evaluate("""() => [...document.querySelectorAll(".inspector .terms")].map((table) => ({
        whole: Number(table.dataset.sum), parts: [...table.querySelectorAll("[data-part]")].map((cell) => Number(cell.dataset.part)),
        written: [...table.querySelectorAll("td:last-child")].map((cell) => Number(cell.textContent.replace("−", "-"))),
        products: [...table.querySelectorAll(".part")].map((row) => [row.querySelector(".numbers").textContent, row.querySelector("td:last-child").textContent]),
    }))""")
    assert [len(each["parts"]) for each in sums] == [2, 3]
    for each in sums:
        assert sum(each["parts"]) == pytest.approx(each["whole"], abs=SAME)
        assert sum(each["written"][:-1]) == pytest.approx(each["written"][-1], abs=1e-9)
        for factors, product in each["products"]:
            one, other = (float(re.sub(r"[()\s]", "", text).replace("−", "-")) for text in factors.split("·"))
            decimals = len(product.partition(".")[2])
            assert round(one * other, decimals) == pytest.approx(float(product.replace("−", "-")), abs=1e-9)


@pytest.mark.parametrize("quantity, t, unit", [("c", 5, 2), ("h", 1, 1), ("y", 8, 1), ("dc", 3, 3), ("dz_o", 8, 1), ("dh_via_z", 2, 2)])
def test_every_operand_leads_to_itself(lab, quantity, t, unit):
    lab.set(**EXPERIMENT)
    explained(lab, quantity, t, unit)
    unfold(lab)
    links = lab.tab.locator(".inspector .operand-link")
    assert links.count() >= 1
    for k in range(links.count()):
        explained(lab, quantity, t, unit)
        unfold(lab)
        name = links.nth(k).get_attribute("aria-label")
        links.nth(k).click()
        heading = lab.tab.locator(".inspector h2")
        assert name == "Select " + heading.text_content()


def test_from_a_derivative_one_can_walk_back_to_the_input(lab):
    """Operand by operand, always the last: from an error term through all later steps to the given target."""
    lab.set(**EXPERIMENT)
    explained(lab, "dz_f", 6, 1)
    for _ in range(80):
        unfold(lab)
        links = lab.tab.locator(".inspector .operand-link")
        if links.count() == 0:
            break
        links.last.click()
        wait_until(lab.tab, "document.querySelector('.inspector[aria-busy=false] data') !== null")
    assert "Given by the sequence" in lab.tab.locator(".inspector").text_content()


def test_where_nothing_arrives_it_says_so(lab):
    assert explained(lab, "dc_via_c", 24, 1)["value"] == 0
    assert "Nothing arrives here" in lab.tab.locator(".inspector").text_content()
    explained(lab, "x", 3, 1)
    assert "Given by the sequence" in lab.tab.locator(".inspector").text_content()


@pytest.mark.parametrize("room, box, quantity", [("forward", "c", "c"), ("forward", "o", "o"), ("backward", "dh", "dh")])
def test_the_diagram_shows_the_numbers_of_the_step(lab, room, box, quantity):
    arrays = in_cpython({})
    lab.enter(room)
    lab.select(quantity, 9, 3)
    chosen = lab.tab.locator(".diagram .box.chosen")
    assert chosen.get_attribute("aria-pressed") == "true"
    text = chosen.get_attribute("aria-label").split(":")[0].split()[-1]
    assert float(text.replace("−", "-")) == pytest.approx(arrays[quantity][8, 2], rel=0.051)  # at least two digits


def test_the_number_under_the_pointer_is_named(lab):
    lab.select("g", 10, 2)
    box = lab.tab.locator(".score .selected").bounding_box()
    lab.tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    hovered = lab.tab.locator(".hovered", has_text="candidate, unit 2, step 10: ")
    hovered.wait_for()
    assert float(hovered.text_content().rsplit(": ", 1)[1].replace("−", "-")) == pytest.approx(
        in_cpython({})["g"][9, 1], rel=0.0051)


def test_every_number_says_what_its_quantity_is(lab):
    said = set()
    for room, quantities in (("forward", ["x", "f", "i", "g", "o", "c", "h", "y"]), ("backward", ["dz_f", "dc", "dh", "dx"])):
        lab.enter(room)
        for quantity in quantities:
            lab.select(quantity, 13, 1)
            wait_until(lab.tab, "quantity => document.querySelector('.inspector data')?.dataset.place === `${quantity},13,1`", arg=quantity)
            said.add(lab.tab.locator(".inspector .meaning").inner_text())
    assert len(said) == 12 and all(len(text) > 30 for text in said)
