"""Everything can be reached and done without a mouse, and nothing holds on to the focus."""
import pytest
from lab import Lab, lab, live_tabs, shared_tab, wait_until  # noqa: F401

FOCUSED = """() => {
    const at = document.activeElement;
    if (at === document.body) return null;
    const all = [...document.querySelectorAll("*")];
    return { index: all.indexOf(at), name: at.getAttribute("aria-label") || at.labels?.[0]?.textContent || at.textContent.trim().slice(0, 40),
      id: at.id, box: at.classList.contains("box"), seen: at.getClientRects().length > 0 };
}"""


def walk(tab, key="Tab", most=250):
    """Press Tab until the focus has left the page again; every place it stood at."""
    places = []
    for _ in range(most):
        tab.keyboard.press(key)
        place = tab.evaluate(FOCUSED)
        if place is None or (places and place["index"] == places[0]["index"]):
            return places
        places.append(place)
    pytest.fail("the focus never left the page; it went over %s" % [place["name"] for place in places[-10:]])


def blur(tab):
    """Tab starts at the top of the page again."""
    tab.evaluate("() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }")
    tab.mouse.move(0, 0)


@pytest.mark.parametrize("room", ["forward", "backward"])
def test_tab_goes_through_all_of_the_page_and_out_again(lab, room):
    lab.enter(room)
    blur(lab.tab)
    places = walk(lab.tab)
    assert places[0]["name"] == "Skip to the picture"
    assert len({place["index"] for place in places}) == len(places)
    assert all(place["seen"] for place in places)
    assert "picture" in [place["id"] for place in places]
    assert sum(place["box"] for place in places) >= 7
    can = lab.tab.evaluate("""() => {
        const all = [...document.querySelectorAll("*")];
        return all.filter((at) => at.matches("button, input, select, textarea, summary, a[href], [tabindex='0']") && !at.disabled
          && at.getClientRects().length && at.tabIndex >= 0 && !at.closest("dialog:not([open])") && getComputedStyle(at).visibility !== "hidden")
          .map((at) => all.indexOf(at));
    }""")
    assert len(can) > 20
    # More than these: browsers also let the keyboard into what scrolls.
    assert set(can) <= {place["index"] for place in places}
    blur(lab.tab)
    backwards = walk(lab.tab, "Shift+Tab")
    assert {place["index"] for place in backwards} == {place["index"] for place in places}


def test_every_focused_place_is_marked(lab):
    """The focus can be seen: an outline, or the frame of a box."""
    blur(lab.tab)
    for _ in range(60):
        lab.tab.keyboard.press("Tab")
        marked = lab.tab.evaluate("""() => {
            const at = document.activeElement;
            if (at === document.body) return true;
            const frame = at.querySelector?.(":scope > .frame");
            const style = getComputedStyle(at);
            return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1)
              || (frame && getComputedStyle(frame).stroke !== "none" && parseFloat(getComputedStyle(frame).strokeWidth) >= 2);
        }""")
        assert marked, lab.tab.evaluate(FOCUSED)


def test_the_skip_link_leads_to_the_picture(lab):
    blur(lab.tab)
    lab.tab.keyboard.press("Tab")
    lab.tab.keyboard.press("Enter")
    assert lab.tab.evaluate("document.activeElement.id") == "picture"


def test_arrows_home_and_end_walk_through_the_picture(lab):
    place = lab.tab.locator(".inspector h2")
    lab.select("f", 13, 2)
    lab.tab.locator("#picture").focus()
    for key, words in [("ArrowRight", "forget gate, unit 2, step 14"), ("ArrowLeft", "forget gate, unit 2, step 13"),
                       ("Home", "forget gate, unit 2, step 1"), ("ArrowLeft", "forget gate, unit 2, step 1"),
                       ("End", "forget gate, unit 2, step 24"), ("ArrowRight", "forget gate, unit 2, step 24"),
                       ("ArrowDown", "forget gate, unit 3, step 24"), ("ArrowDown", "input gate, unit 1, step 24"),
                       ("ArrowUp", "forget gate, unit 3, step 24"), ("ArrowUp", "forget gate, unit 2, step 24")]:
        lab.tab.keyboard.press(key)
        assert place.text_content() == words, key
    announced = lab.tab.locator(".score [role=status]").text_content()
    assert announced.startswith("forget gate, unit 2, step 24: 0.")


def test_down_goes_through_every_row_and_stops_at_the_last(lab):
    lab.select("x", 5, 1)
    lab.tab.locator("#picture").focus()
    seen = []
    for _ in range(40):
        place = lab.tab.locator(".inspector h2").text_content()
        if seen and place == seen[-1]:
            break
        seen.append(place)
        lab.tab.keyboard.press("ArrowDown")
    assert len(seen) == 2 + 6 * 3 + 1 + 3


def test_space_plays_and_pauses(lab):
    lab.select("f", 3, 1)
    lab.tab.locator("#picture").focus()
    lab.tab.keyboard.press("Space")
    wait_until(lab.tab, "Number(document.querySelector('output.now')?.textContent.split(' ')[2]) >= 5")
    lab.tab.keyboard.press("Space")
    stopped = lab.tab.locator("output.now").text_content()
    lab.tab.wait_for_timeout(500)
    assert lab.tab.locator("output.now").text_content() == stopped


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_box_of_the_diagram_is_chosen_by_a_key(lab, key):
    lab.select("f", 6, 2)
    box = lab.tab.locator(".diagram .box[aria-label*='candidate']")
    box.focus()
    lab.tab.keyboard.press(key)
    assert lab.tab.locator(".inspector h2").text_content() == "candidate, unit 2, step 6"
    assert box.get_attribute("aria-pressed") == "true"


def test_a_slider_moves_with_the_arrows(lab):
    lab.set(updates=3)
    lab.field("hidden_size").locator("input[type=range]").focus()
    lab.tab.keyboard.press("ArrowRight")
    wait_until(lab.tab, "lab.experiment.hidden_size === 4")


def test_the_browsers_own_shortcuts_stay_its_own(lab):
    lab.select("f", 6, 2)
    lab.tab.locator("#picture").focus()
    for key in ("Control+ArrowLeft", "Alt+Home", "Meta+ArrowRight"):
        prevented = lab.tab.evaluate("""(key) => {
            const [modifier, name] = key.split("+");
            const event = new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true,
              ctrlKey: modifier === "Control", altKey: modifier === "Alt", metaKey: modifier === "Meta" });
            return !document.getElementById("picture").dispatchEvent(event);
        }""", key)
        assert not prevented
    assert lab.tab.locator(".inspector h2").text_content() == "forget gate, unit 2, step 6"


def test_what_goes_when_it_is_pressed_leaves_the_focus_in_the_page(lab):
    """At once, as a switch that is of no more use, or when Python has answered, as the way on after a stop."""
    tab = lab.tab
    lab.reset("room=train", updates=0)
    tab.get_by_label("Stop when").select_option("loss")
    tab.locator(".setup input.short").fill("0.95")
    tab.keyboard.press("Enter")
    tab.locator(".trainbar .primary").click()
    tab.locator(".event button").focus()
    tab.keyboard.press("Enter")
    wait_until(tab, "!document.querySelector('.event') && document.activeElement.tagName === 'MAIN'")
    tab.evaluate("lab.halt()")
    tab.get_by_label("Stop when").select_option("none")
    tab.locator(".trainbar .icon").first.focus()
    tab.keyboard.press("Enter")
    wait_until(tab, "document.querySelector('.trainbar .icon').disabled && document.activeElement.tagName === 'MAIN'")
