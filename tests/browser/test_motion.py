"""Stepping by equation carries the operands into the equation: quick, seen, in nobody's way, and not with reduced motion."""
import pytest
from lab import live_tabs, wait_until  # noqa: F401

WATCH = """() => {
    window.flights = [];
    new MutationObserver((records) => records.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.classList?.contains("flying"))
      .forEach((node) => window.flights.push({ text: node.textContent, at: node.getAnimations()[0]?.effect.getTiming().duration ?? null,
        passes: getComputedStyle(node).pointerEvents === "none", hidden: node.getAttribute("aria-hidden") }))).observe(document.body, { childList: true });
}"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_operands_move_into_their_slots(live_tabs, motion):
    tab = live_tabs("#quantity=f&t=13&unit=2", reduced_motion=motion)
    tab.locator(".playbar select").first.select_option("equation")
    tab.evaluate("lab.select({ quantity: 'o', t: 13, unit: 2 })")
    wait_until(tab, "document.querySelector('.inspector data')?.dataset.place === 'o,13,2'")
    tab.evaluate(WATCH)
    tab.locator("#picture").focus()
    tab.keyboard.press("ArrowRight")                                            # to c = f c + i g
    wait_until(tab, "document.querySelector('.inspector data')?.dataset.place === 'c,13,2'")
    flights = tab.evaluate("window.flights")
    if motion == "reduce":
        assert flights == []
    else:
        slots = [text.strip("()") for text in tab.locator(".equation .row").first.locator(".amount").all_text_contents()]
        assert sorted(flight["text"].strip("()") for flight in flights) == sorted(slots) and len(slots) == 4
        assert all(150 <= flight["at"] <= 250 and flight["passes"] and flight["hidden"] == "true" for flight in flights)
    # Keys go on being heard meanwhile, and then all is at rest.
    tab.keyboard.press("ArrowRight")
    wait_until(tab, "document.querySelector('.inspector data')?.dataset.place === 'tanh_c,13,2'")
    wait_until(tab, "document.querySelectorAll('.flying').length === 0")
    tab.keyboard.press("e")
    assert tab.locator(".playbar select").first.input_value() == "step"
    tab.watch.check()
