"""In front of a class: a clicker, a draft that stays, a link without the teacher's own look, colours that follow the theme."""
from lab import Lab, fragment_of, lab, live_tabs, shared_tab, wait_until  # noqa: F401


def test_a_clicker_steps_on_the_projector_and_through_the_tour(lab):
    tab = lab.tab
    lab.reset("projector=1")
    lab.select("f", 13, 2)
    tab.locator(".tab").first.focus()
    tab.keyboard.press("PageDown")
    wait_until(tab, "document.querySelector('.now').textContent.includes('14')")
    tab.keyboard.press("PageUp")
    wait_until(tab, "document.querySelector('.now').textContent.includes('13')")
    lab.reset()
    tab.get_by_role("button", name="Tour").click()
    place = "document.querySelector('.tour small').textContent"
    wait_until(tab, "document.activeElement.matches('.tour .chosen')")
    first = tab.evaluate(place)
    for key, back in (("PageDown", "PageUp"), ("ArrowRight", "ArrowLeft")):
        tab.keyboard.press(key)
        wait_until(tab, "first => %s !== first && document.activeElement.matches('.tour .chosen')" % place, arg=first)
        tab.keyboard.press(back)
        wait_until(tab, "first => %s === first" % place, arg=first)
    tab.locator(".tour .plain").last.click()


def test_a_draft_stays_and_the_look_is_left_out_of_a_link(lab):
    tab = lab.tab
    lab.reset("theme=dark&projector=1")
    for visit in (1, 2):
        tab.locator(".top").get_by_role("button", name="Share").click()
        tab.locator("[data-part-of-share=question] summary").click()
        box = tab.locator(".ask textarea").first
        if visit == 1:
            link = tab.locator(".share .copy-box textarea").first
            assert "theme=" not in link.input_value() and "projector=" not in link.input_value()
            tab.locator("[data-share=look]").check()
            assert "theme=dark" in link.input_value() and "projector=1" in link.input_value()
            tab.locator("[data-share=look]").uncheck()
            box.fill("What will c be?")
        else:
            assert box.input_value() == "What will c be?"
            box.fill("")
        tab.keyboard.press("Escape")
        wait_until(tab, "!document.querySelector('dialog')")


def test_what_a_link_hid_is_still_hidden_in_the_next_one_after_everything_was_shown(lab):
    tab = lab.tab
    lab.reset("hide=menu,network&question=Why")
    tab.locator(".handed-note button").click()
    tab.locator(".top").get_by_role("button", name="Share").click()
    assert "hide=menu,network" in tab.locator(".share .copy-box textarea").first.input_value()
    tab.keyboard.press("Escape")


def test_the_diagram_takes_the_colours_of_the_theme(lab):
    tab = lab.tab
    ink = """() => { const map = document.querySelector(".diagram canvas"); return [...map.getContext("2d").getImageData(0, 0, map.width, map.height).data].reduce((a, b) => a + b); }"""
    before = tab.evaluate(ink)
    tab.locator(".theme").click()
    wait_until(tab, "before => (%s)() !== before" % ink, arg=before)
    tab.locator(".theme").click()
    wait_until(tab, "before => (%s)() === before" % ink, arg=before)


def test_by_equation_what_is_not_computed_yet_is_covered(lab):
    tab = lab.tab
    lab.select("i", 13, 2)
    tab.locator(".playbar .by select").first.select_option("equation")
    wait_until(tab, "document.querySelector('.veil.cover')")
    covered = """quantity => { const rows = ["x", "f", "i", "g", "o", "c", "h", "y"], at = document.querySelectorAll(".letters .letter")[rows.indexOf(quantity)].getBoundingClientRect();
        const middle = (at.top + at.bottom) / 2, cover = [...document.querySelectorAll(".veil.cover")].map((one) => one.getBoundingClientRect()).find(({ top, bottom }) => top < middle && middle < bottom);
        return cover ? Math.round((cover.left - document.querySelector("#picture").getBoundingClientRect().left) / (document.querySelector(".playhead").getBoundingClientRect().width) * 2) / 2 : null; }"""
    assert {quantity: tab.evaluate(covered, quantity) for quantity in "xfigoch"} == {"x": None, "f": 13, "i": 13, "g": 12, "o": 12, "c": 12, "h": 12}
    tab.locator(".playbar .by select").first.select_option("step")
    assert tab.locator(".veil.cover").count() == 0
