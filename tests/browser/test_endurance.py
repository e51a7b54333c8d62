"""A training that is disturbed: a hidden tab, a worker that dies, a browser that keeps nothing, and many moves of a slider."""
import sys

import numpy as np
import pytest
from lab import KEPT_UPDATES, live_tabs, wait_until  # noqa: F401
from test_train import BOUND, assert_same_curves

from py_lstm import Experiment, Trainer
from web.build.paths import ROOT

sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))
import endurance  # noqa: E402

HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); }"""


def test_a_hidden_tab_neither_loses_nor_fakes_time(live_tabs):
    """Hidden, a tab paints nothing: requestAnimationFrame never calls back, not even for what was under way."""
    tab = live_tabs("#room=train&updates=0")
    tab.evaluate("void lab.train()")
    wait_until(tab, "lab.run().count > 0")
    tab.evaluate("window.paint = window.requestAnimationFrame, window.requestAnimationFrame = () => 0, undefined")
    tab.wait_for_timeout(300)                           # now a picture waits that will never be painted
    before = tab.evaluate("lab.run().count")
    tab.evaluate(HIDE, True)
    wait_until(tab, "before => lab.run().count > before + 20", arg=before)
    spent, count = tab.evaluate("[lab.run().seconds, lab.run().count]")
    assert 0 < spent < 60 and count > before
    tab.evaluate("window.requestAnimationFrame = window.paint, undefined")
    tab.evaluate(HIDE, False)
    wait_until(tab, "count => lab.run().count > count", arg=count)
    tab.evaluate("lab.halt()")
    assert tab.evaluate("document.documentElement.dataset.engine") == "live"
    assert_same_curves(tab, tab.evaluate("lab.run().count"))
    tab.watch.check()
    tab.context.close()


@pytest.mark.parametrize("kept", [True, False])
def test_a_worker_that_dies_in_mid_training_goes_on_from_what_was_kept(visit, site, kept):
    tab = visit(reduced_motion="reduce")
    tab.clock.install()
    tab.goto(site + "#room=train&updates=0")
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    tab.evaluate("lab.ready")
    tab.evaluate("void lab.train()")                    # on and on: it must not be at its end when the worker dies
    wait_until(tab, "lab.run().count >= 20")
    done = 0
    if kept:
        tab.clock.run_for(3500)
        done = wait_until(tab, KEPT_UPDATES)
    tab.workers[0].evaluate("self.close()")
    for _ in range(20):
        tab.clock.run_for(1000)
        if tab.evaluate("document.documentElement.dataset.engine") != "live":
            break
    died = tab.evaluate("lab.run().count")              # what the last picture of the dead one told
    tab.evaluate("""died => { window.counts = []; new MutationObserver(() => {
        const { count } = lab.run();
        if (count !== died) window.counts.push(count);
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true }); }""", died)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    wait_until(tab, "died => lab.run().count > died", arg=died)
    # Nothing that was kept is done a second time, and nothing is told that a Python knows from when the page was built; the
    # page says that it trains, not that Python is still being restarted.
    first = tab.evaluate("window.counts[0]")
    assert done <= first < max(died, done) + 100
    assert tab.locator(".engine").text_content() == "learning"
    tab.evaluate("lab.halt()")
    assert_same_curves(tab, tab.evaluate("lab.run().count"))


@pytest.mark.parametrize("broken", ["IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); }",
                                    "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }"])
def test_a_browser_that_keeps_nothing_says_so_and_trains_on(visit, site, broken):
    tab = visit(reduced_motion="reduce")
    tab.add_init_script(broken)
    tab.goto(site + "#room=train&updates=0")
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    tab.evaluate("lab.ready")
    tab.evaluate("lab.train({until: 12})")
    wait_until(tab, "lab.run().count === 12")
    tab.locator(".kept-note").wait_for()
    assert "keeps nothing" in tab.locator(".kept-note").text_content()
    tab.evaluate("lab.train({until: 30})")
    wait_until(tab, "lab.run().count === 30")
    assert_same_curves(tab, 30)


def test_many_moves_of_a_slider_leave_no_more_than_few(live_tabs):
    """The benchmark's 10,000 moves in short, and its half hour as a minute: what stays in the page's memory is bounded."""
    tab = live_tabs("#room=train&updates=0")
    first, last = endurance.slider_moves(tab, 600)
    assert last < first + 4_000_000, "bytes of the page's own heap, garbage collected"
    assert tab.evaluate("lab.experiment.forget_bias") == endurance.bias_after(600)
    tab.watch.check()
    tab.context.close()


def test_the_latch_is_learnt_by_the_page(live_tabs):
    """How fast is the benchmark's to say; here that what it waits for comes, at the update where CPython has it."""
    tab = live_tabs("#room=train&updates=0")
    found = endurance.learn_the_latch(tab)
    trainer = Trainer(Experiment())
    trainer.parameters_after(found["update"])
    assert np.mean(trainer.scores[-10:]) >= 0.99 > np.mean(trainer.scores[-11:-1])
    assert abs(found["score"] - np.mean(trainer.scores[-10:])) < BOUND and found["seconds"] > 0
    tab.watch.check()
    tab.context.close()
