"""How numbers, names and labels read: digits that are alike, lines that break where a sum does, letters that are large enough."""
import re

import pytest
from lab import Lab, follow, lab, live_tabs, shared_tab, wait_until  # noqa: F401  (fixtures)

SMALLEST = 12
ROWS = """() => [...document.querySelectorAll(".equation .row")].map((row) => {
    const copy = row.cloneNode(true);
    for (const symbol of copy.querySelectorAll(".symbol")) symbol.remove();
    return copy.textContent.replace(/\\u00a0/g, " ");
})"""
POWER = re.compile(r"× 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")


def told(tab, quantity, t, unit):
    tab.evaluate("place => lab.select(place)", {"quantity": quantity, "t": t, "unit": unit})
    wait_until(tab, "place => { const d = document.querySelector('.inspector data'); return d && d.dataset.place === place; }", arg=f"{quantity},{t},{unit}")


def digits(text):
    """Significant digits of a number as it is written."""
    return len(text.replace("−", "").replace(".", "").lstrip("0"))


@pytest.mark.parametrize("t", [1, 13, 24])
@pytest.mark.parametrize("quantity", ["f", "g", "c", "h", "y", "dc", "dc_via_h", "dc_via_c", "dh_via_z", "dz_f", "dz_i", "dx"])
def test_the_numbers_of_one_calculation_are_written_alike(lab, quantity, t):
    """Factors with as many digits each, at least four; what is added up with as many places each."""
    for unit in (1, 2) if quantity == "dx" else (1,) if quantity == "y" else (1, 2, 3):
        told(lab.tab, quantity, t, unit)
        exact = {0.0, 1.0, -1.0}
        rows = lab.tab.evaluate(ROWS)
        for row in rows[:-1]:
            products = [product.split("·") for product in re.sub(r"σ|tanh|[()=]", "", re.sub(r"·\s*tanh\(.*", "", POWER.sub("", row))).split("+")]
            numbers = [[text.strip() for text in product] for product in products]
            if any(len(product) > 1 for product in numbers):
                counts = {digits(text) for product in numbers for text in product if len(product) > 1 and float(text.replace("−", "-")) not in exact}
                # A number that is exact in fewer digits could be written shorter; this network has none but 0 and ±1.
                assert len(counts) <= 1 and min(counts, default=4) >= 4, row
            else:
                assert len({len(text.partition(".")[2]) for [text] in numbers}) == 1, row
                result = POWER.sub("", rows[-1]).strip("= ")
                assert max(map(digits, [result, *(text for [text] in numbers)])) >= 4 or all(float(text.replace("−", "-")) == 0 for [text] in numbers), row


@pytest.mark.parametrize("width", [1440, 1000, 360])
def test_a_line_of_a_calculation_breaks_before_a_plus_alone(lab, width):
    tab = lab.tab
    tab.set_viewport_size({"width": width, "height": 900})
    if width == 360:
        tab.locator(".grips button").last.click()
    for quantity, t, unit in (("g", 13, 2), ("f", 5, 1), ("c", 13, 2), ("h", 13, 2), ("dc", 17, 1), ("dc_via_h", 12, 3), ("dz_f", 9, 2), ("dz_o", 9, 1), ("dh_via_z", 3, 2)):
        told(tab, quantity, t, unit)
        lines = tab.evaluate("""() => [...document.querySelectorAll(".equation .row")].flatMap((row) => {
            const parts = [...row.querySelectorAll(".sign, .amount")].filter((part) => part.textContent.trim()).map((part) => ({ text: part.textContent, box: part.getBoundingClientRect() }));
            const edge = row.closest(".equation").getBoundingClientRect().right;
            const lines = [];
            for (const { text, box } of parts) {
                if (!lines.length || box.left < lines.at(-1).right - 2) lines.push({ words: [], right: 0, beyond: false });
                lines.at(-1).words.push(text);
                lines.at(-1).right = box.right;
                lines.at(-1).beyond ||= box.right > edge + 1;
            }
            return lines;
        })""")
        for line in lines:
            assert line["words"][0] in "=+" and not line["beyond"], (quantity, t, unit, line)


def test_a_small_number_is_written_in_one_way(lab):
    tab, small = lab.tab, set()
    lab.enter("backward")
    for t in range(1, 6):
        for quantity in ("dc", "dc_via_h", "dc_via_c", "dz_f", "dh"):
            for unit in (1, 2, 3):
                told(tab, quantity, t, unit)
                value, row = float(tab.locator(".inspector data").get_attribute("value")), tab.evaluate(ROWS)[-1]
                inside = tab.locator(f".diagram [data-number='{quantity},{t}'] .value").text_content()
                for text in (row.lstrip("= "), tab.locator(".inspector data").text_content(), inside):
                    assert "e" not in text
                    if value and abs(value) < 0.99e-4:
                        found = re.fullmatch(r"−?([1-9](?:\.\d+)?) ?× ?10⁻([⁵-⁹]|¹[⁰¹²³⁴-⁹])", text)
                        assert found, (quantity, t, unit, text)
                        small.add((quantity, t, unit))
    assert len(small) >= 5


def test_no_wire_runs_through_a_number_of_the_diagram(lab):
    crossed = """() => {
        const hit = [], box = (one) => one.getBoundingClientRect();
        const texts = [...document.querySelectorAll(".diagram :is(.value, .label, .mark text, .shares text)")].filter((text) => text.textContent.trim());
        for (const text of texts) {
            const b = box(text);
            for (const wire of document.querySelectorAll(".diagram .wire")) {
                const matrix = wire.getScreenCTM();
                for (let at = 0; at <= wire.getTotalLength(); at += 2) {
                    const p = wire.getPointAtLength(at).matrixTransform(matrix);
                    if (p.x > b.left + 0.5 && p.x < b.right - 0.5 && p.y > b.top + 3 && p.y < b.bottom - 3) { hit.push(`${text.textContent} / ${wire.getAttribute("d")}`); break; }
                }
            }
            for (const other of texts) {
                const o = box(other);
                if (text !== other && b.left < o.right - 1 && o.left < b.right - 1 && b.top < o.bottom - 4 && o.top < b.bottom - 4) hit.push(`${text.textContent} ~ ${other.textContent}`);
            }
        }
        return hit;
    }"""
    for room, quantity in (("forward", "f"), ("backward", "dc")):
        lab.enter(room)
        for t in (1, 2, 5, 13, 17, 24):
            for unit in (1, 2, 3):
                told(lab.tab, quantity, t, unit)
                assert lab.tab.evaluate(crossed) == [], (room, t, unit)


def test_the_frame_of_a_step_passes_behind_the_names_of_the_rows(lab):
    lab.enter("backward")
    told(lab.tab, "dc", 1, 1)
    name = lab.tab.locator(".letters .name").nth(4).evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).zIndex, getComputedStyle(document.querySelector('.playhead')).zIndex]")
    paper = lab.tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert name == [paper, "1", "auto"]


@pytest.mark.parametrize("room", ["forward", "backward", "train", "break"])
def test_no_label_is_smaller_than_twelve_pixels(lab, room):
    tab = lab.tab
    lab.enter(room)
    wait_until(tab, "document.querySelector('.letters, .numbers, .break-picture, .score')")
    sizes = tab.evaluate("""() => {
        const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const at = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
            // What stands above or below a letter of a formula is smaller by the rules of mathematics.
            if (!text || !at.getClientRects().length || at.closest(".visually-hidden, .vlist-s, sup, .msupsub, .katex-mathml, script, style, noscript, option")) continue;
            found.push([text.slice(0, 20), parseFloat(getComputedStyle(at).fontSize) * (at.ownerSVGElement ? at.getScreenCTM().a : 1)]);
        }
        return found;
    }""")
    assert len(sizes) > 80
    assert [(text, size) for text, size in sizes if size < SMALLEST - 0.05] == []


def test_what_came_on_a_way_is_said_in_words(lab):
    tab = lab.tab
    lab.enter("backward")
    told(tab, "dc", 17, 2)
    equation = tab.locator(".equation > .tex").first.locator(".katex-html").text_content().replace("\u00a0", " ")
    assert "through h" in equation and "through ct+1" in equation.replace("\u200b", "") and "∣" not in equation
    label = tab.locator(".slot.via-c .symbol .text").first
    assert label.text_content().strip() == "through" and label.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= SMALLEST


def test_code_that_runs_at_a_later_step_says_for_which(lab):
    tab = lab.tab
    lab.enter("backward")
    for quantity, code in (("dc_via_c", "from_c = dc[t] * f[t]"), ("dh_via_z", "from_h = project(dz[t], U.T)")):
        told(tab, quantity, 17, 2)
        source = tab.locator(".source", has_text=code)
        assert source.locator(".later").text_content() == "Computed at step 18, for step 17:"
        told(tab, quantity, 24, 2)
        assert tab.locator(".source .later").count() == 0
    told(tab, "dc", 17, 2)
    assert tab.locator(".source .later").count() == 0


def test_inputs_and_outputs_have_numbers_and_no_units(lab):
    tab, crumb = lab.tab, lab.tab.locator(".breadcrumb")
    told(tab, "x", 13, 2)
    assert [part.strip() for part in crumb.locator("> *").all_text_contents()] == ["Forward", "step 13", "input 2"]
    box = tab.locator(".diagram [data-number='x,13']")
    assert box.locator(".row").count() == 0 and box.locator(".value").text_content() == "−1.00, 1.00"
    assert "unit" not in box.get_attribute("aria-label")
    assert tab.locator(".diagram [data-number='h,13'] .row").count() == 1
    lab.enter("backward")
    told(tab, "dx", 13, 2)
    assert crumb.locator("> *").count() == 3 and "unit" not in crumb.text_content()
    assert tab.locator(".diagram [data-number='dx,13'] .row").count() == 0
    lab.set(task="reber", updates=0)
    told(tab, "dy", 2, 3)
    assert "unit" not in crumb.text_content() + tab.locator(".inspector h2").text_content()


def test_one_order_of_the_gates_everywhere(lab):
    tab, order = lab.tab, ["f", "i", "g", "o"]
    places = """names => { const at = (name) => document.querySelector(`.diagram [data-number^="${name},"] .frame`).getBoundingClientRect().left;
        return [...names].sort((one, other) => at(one) - at(other)); }"""
    letters = """() => [...document.querySelectorAll(".letters .letter")].map((one) => one.querySelector("annotation")?.textContent ?? one.textContent)"""
    assert tab.evaluate(places, order) == order
    assert [letter for letter in tab.evaluate(letters) if letter in order][:4] == order
    table = [name for name in tab.locator("details.numbers-table option").evaluate_all("all => all.map(({ value }) => value)") if name in order]
    assert table == order or tab.locator("details.numbers-table option").count() == 0
    lab.enter("backward")
    errors = ["dz_" + gate for gate in order]
    assert tab.evaluate(places, errors) == errors
    rows = [re.search(r"z\^\{?(\w)", letter)[1] for letter in tab.evaluate(letters) if re.search(r"z\^", letter)]
    assert rows == order
    wait_until(tab, "document.querySelector('.gates-grown figure')")
    assert tab.locator(".gates-grown figure").evaluate_all("all => all.map((one) => one.dataset.gate)") == order
    told(tab, "dh_via_z", 12, 1)
    assert [re.search(r"U\^\{(\w)", text)[1] for text in tab.locator(".equation .symbol annotation").all_text_contents()] == order


def test_a_number_that_is_nudged_is_named_and_its_losses_give_the_slope(lab):
    tab = lab.tab
    tab.get_by_role("button", name="Check gradients").click()
    nudge = tab.locator(".nudge")
    nudge.locator("[data-nudged=below]").wait_for()
    assert nudge.locator(".nudged").text_content() == "gate i, unit 1, from h 1"
    table = nudge.locator(".slopes").text_content()
    assert "y₂₄ after the step down" in table and "y₂₄ after the step up" in table and "L after" not in table
    below, above, central = (nudge.locator(at).text_content().replace("−", "-") for at in ("[data-nudged=below]", "[data-nudged=above]", "[data-slope=central]"))
    assert digits(below) == digits(above) == 8
    assert (float(above) - float(below)) / 0.2 == pytest.approx(float(central), rel=1e-5)
    lab.set(gradient_of="loss")
    if not nudge.count():
        tab.get_by_role("button", name="Check gradients").click()
    wait_until(tab, "document.querySelector('.nudge .slopes')?.textContent.includes('L after the step up')")


def test_numbers_set_by_hand_are_called_as_in_the_panel(lab):
    tab = lab.tab
    lab.set(edits={"weight_ih[4,1]": 0.5, "weight_hh[0,2]": 1, "bias[10]": 2, "readout_weight[0,1]": 3, "readout_bias[0]": 1, "c_0[1]": 0.5, "x[4,0]": -1})
    rows = tab.locator(".edits li")
    assert [row.locator("annotation").text_content() for row in rows.all()] == [
        "W^{f}_{2,2}", "U^{i}_{1,3}", "b^{o}_{2}", "V_{2}", "a", "c_{0,2}", "x_{5,1}"]
    words = ["gate f, unit 2, from input 2", "gate i, unit 1, from h 3", "gate o, unit 2, bias", "output 1, from h 2", "output 1, bias", "c before the sequence, unit 2", "input 1, step 5"]
    assert [row.locator(".icon").get_attribute("aria-label") for row in rows.all()] == ["Take back " + name for name in words]
    assert not re.search(r"weight_|\[", tab.locator(".edits").inner_text())
    told(tab, "z_f", 5, 2)
    tab.locator(".inspector .fold").first.click()
    spoken = tab.locator(".terms .editable").nth(2).get_attribute("aria-label")
    assert spoken.startswith("gate f, unit 2, from input 2 is 0.5")


def test_going_back_and_forth_is_at_hand_in_the_header(lab):
    tab = lab.tab
    undo, redo = (tab.locator("header").get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    lab.set(hidden_size=4)
    assert undo.bounding_box()["y"] < 60 and redo.is_disabled()
    undo.click()
    lab.settle()
    assert lab.experiment["hidden_size"] == 3
    redo.click()
    lab.settle()
    assert lab.experiment["hidden_size"] == 4
    for width in (1280, 1000, 390):
        tab.set_viewport_size({"width": width, "height": 800})
        if width == 390:
            tab.locator(".open-controls").first.click()
        visible = [one for one in tab.get_by_role("button", name="Undo", exact=True).all() if one.is_visible()]
        assert len(visible) == 1, width
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        if width == 390:
            tab.locator(".left .close").click()


def test_training_curves_gates_and_cell_stand_in_one_window(lab):
    tab = lab.tab
    lab.enter("train")
    tab.locator(".curves .moment").wait_for(state="attached")
    tab.locator(".score .letters").wait_for()
    groups = tab.evaluate("""() => [...document.querySelectorAll(".letters .letter")].map((one) => one.getBoundingClientRect().bottom)""")
    axis = tab.locator(".letters .time").bounding_box()
    assert len(groups) == 6 and max(groups) < 900 and axis["y"] + axis["height"] <= 900
    curves = tab.locator(".curves svg").bounding_box()
    assert curves["y"] > 0 and tab.evaluate("document.querySelector('main').scrollTop") == 0


@pytest.mark.parametrize("said", ["It falls", "It rises"])
def test_the_picture_stays_when_the_tour_tells_the_answer(lab, said):
    tab = lab.tab
    tab.get_by_role("button", name="Tour").click()
    for _ in range(3):
        tab.locator(".tour .chosen").first.click()
    top = tab.locator(".score").bounding_box()["y"]
    before = tab.locator(".tour").inner_text()
    tab.locator(".tour").get_by_role("button", name=said).click()
    assert tab.locator(".tour strong:not(.gone)").count() == 1 and len(tab.locator(".tour").inner_text()) != len(before)
    assert tab.locator(".score").bounding_box()["y"] == top


def test_the_end_of_a_training_and_the_score_of_a_damage_are_spoken(lab):
    tab, spoken = lab.tab, lab.tab.locator("[data-spoken=training]")
    lab.set(updates=0)
    assert spoken.text_content() == ""
    tab.get_by_role("button", name="Learn", exact=True).click()
    wait_until(tab, "document.querySelector('[data-spoken=training]').textContent !== ''")
    assert re.fullmatch(r"Training stopped at update \d+, loss [\d.]+\.", spoken.text_content())
    lab.enter("train")
    where = ".score [role=status]"
    tab.locator(where).wait_for(state="attached")
    tab.evaluate("""heard => { window.announced = []; new MutationObserver(() => announced.push(document.querySelector(heard).textContent.trim()))
        .observe(document.querySelector(heard), { childList: true, characterData: true, subtree: true }); }""", where)
    at = lab.experiment["updates"]
    tab.locator(".trainbar .steps button").last.click()
    wait_until(tab, "at => lab.experiment.updates === at + 100 && document.querySelector('[data-spoken=training]').textContent.includes(`update ${at + 100},`)", arg=at)
    assert len([one for one in tab.evaluate("announced") if one]) <= 1, "only what is there in the end"
    lab.reset("room=break", updates=200, damage={"clamp_f": 1})
    wait_until(tab, "document.querySelector('[data-spoken=score]')?.textContent.includes('after')")
    assert re.search(r"share of signs right: before: 100\.0%, after: \d\d\.\d%", tab.locator("[data-spoken=score]").text_content())


def test_chinese_words_stand_upright_and_marks_with_their_word(lab):
    tab = lab.tab
    lab.reset("room=backward&lang=zh-CN")
    wait_until(tab, "document.documentElement.lang === 'zh-CN' && document.querySelector('.diagram .label .words')")
    words = tab.locator(".diagram .label .words")
    assert words.count() == 4
    for one in words.all():
        assert re.fullmatch(r"[\u4e00-\u9fff]+ ?", one.text_content())
        assert one.evaluate("at => getComputedStyle(at).fontStyle") == "normal"
    letters = tab.locator(".diagram .label").all()
    assert all(re.search(r"[\u4e00-\u9fff]", label.evaluate("one => [...one.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join('')")) is None for label in letters)
    assert tab.locator(".note").first.evaluate("one => getComputedStyle(one).textWrap") == "pretty"
    for language in ("zh-CN", "en"):
        for entry in tab.evaluate("""async () => [...document.querySelectorAll("main *, aside *")].filter((at) => at.children.length === 0 && /.▼/.test(at.textContent)).map((at) => at.textContent)"""):
            assert re.search("[\u00a0\u2060]▼", entry) and not re.search("[^\u00a0\u2060]▼", entry), (language, entry)
        tab.locator("header button[lang]").click()
