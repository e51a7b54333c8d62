"""A dead or stuck worker, a wrong clock, no memory left, an experiment that runs away, requests faster than answers, two tabs: the
page goes on."""
import pytest
from lab import (DEFAULTS, SAME, Lab, assert_same_numbers, difference, follow, in_cpython, lab,  # noqa: F401
                 live_tabs, shared_tab, wait_until)

from py_lstm import Experiment


@pytest.fixture
def tab(visit, site):
    """A page whose clock can be put forward: the page calls a worker dead only after 12 silent seconds."""
    opened = visit(reduced_motion="reduce")
    opened.clock.install()
    opened.goto(site)
    return opened


def kill_worker(tab):
    tab.workers[0].evaluate("self.close()")


def hang_worker(tab):
    """As a worker that is alive and will never answer again."""
    tab.workers[0].evaluate("void setTimeout(() => { for (;;); })")


def notice_silence(tab, seconds):
    """Put the clock forward until the page has noticed; the state it is in then."""
    for _ in range(seconds):
        tab.clock.run_for(1000)
        state = tab.evaluate("document.documentElement.dataset.engine")
        if state != "live":
            return state
    return "live"


def live(tab):
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    tab.evaluate("lab.ready")
    return Lab(tab)


def test_a_worker_that_dies_while_it_trains_is_replaced_and_the_experiment_kept(tab):
    page_lab = live(tab)
    tab.evaluate("window.asked = lab.set({hidden_size: 12, length: 40, updates: 400}).then(() => 'done'), undefined")
    wait_until(tab, "lab.experiment.hidden_size === 12")
    kill_worker(tab)
    assert notice_silence(tab, 20) == "loading"
    assert tab.evaluate("asked") == "done"
    assert page_lab.experiment == {**DEFAULTS, "hidden_size": 12, "length": 40, "updates": 400}
    assert tab.evaluate("document.documentElement.dataset.engine") == "live"


def test_a_new_python_is_called_live_as_soon_as_it_answers_however_long_its_first_request_takes(tab):
    page_lab = live(tab)
    tab.evaluate("""() => {
        const sign = () => `${document.documentElement.dataset.engine}: ${document.querySelector('.engine').textContent}`;
        window.signs = [sign()];
        new MutationObserver(() => { if (sign() !== signs.at(-1)) signs.push(sign()); })
            .observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['data-engine'] });
        window.ended = false;
        lab.set({hidden_size: 12, length: 40, updates: 90_000}).then(() => { ended = true; }); }""")
    wait_until(tab, "lab.experiment.hidden_size === 12")
    kill_worker(tab)
    notice_silence(tab, 20)
    wait_until(tab, "signs.some((sign) => sign.startsWith('loading') && sign.includes('is being restarted'))")
    wait_until(tab, "signs.slice(signs.findIndex((sign) => sign.includes('is being restarted'))).includes('live: learning')")
    assert not tab.evaluate("ended"), "the first request is answered in full; it was to be a long one"
    assert tab.evaluate("lab.experiment.updates") < 90_000
    page_lab.set(hidden_size=2, updates=5, length=24)
    assert_same_numbers(page_lab, {"hidden_size": 2, "updates": 5})


def test_a_worker_that_dies_at_rest_is_replaced_at_the_next_request(tab):
    page_lab = live(tab)
    page_lab.set(hidden_size=2, updates=5)
    kill_worker(tab)
    tab.evaluate("lab.select({quantity: 'c', t: 7, unit: 1})")  # what asks is as little as one explanation
    notice_silence(tab, 20)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    wait_until(tab, "lab.experiment.updates === 5")            # until then it is seen being trained once more
    # What stands in the inspector may be one frame behind the picture it is of.
    wait_until(tab, "!lab.busy && new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    assert tab.locator(".inspector data").get_attribute("data-place") == "c,7,1"
    shown = float(tab.locator(".inspector data").get_attribute("value"))
    assert shown == pytest.approx(in_cpython({"hidden_size": 2, "updates": 5})["c"][6, 0], abs=SAME)
    assert_same_numbers(page_lab, {"hidden_size": 2, "updates": 5})
    page_lab.set(updates=6)
    assert_same_numbers(page_lab, {"hidden_size": 2, "updates": 6})
    assert [row["right"] for row in tab.evaluate("lab.gradientCheck()")] == [True] * 8


def test_a_worker_that_dies_during_a_gradient_check_leaves_the_button_usable(tab):
    live(tab)
    hang_worker(tab)
    button = tab.get_by_role("button", name="Check gradients")
    button.click()
    assert button.is_disabled()
    notice_silence(tab, 20)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    tab.get_by_text("The check was interrupted").wait_for()
    button.click()
    tab.get_by_text("All 8 tensors are right.").wait_for()


def test_a_check_is_made_that_is_asked_for_as_soon_as_a_new_python_is_live(tab):
    live(tab)
    hang_worker(tab)
    tab.get_by_role("button", name="Check gradients").click()
    tab.evaluate("""() => { new MutationObserver((_, observer) => {
        const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Check gradients');
        if (document.documentElement.dataset.engine !== 'live' || button.disabled) return;
        observer.disconnect();
        button.click();
      }).observe(document.documentElement, { attributes: true, subtree: true }); }""")
    notice_silence(tab, 20)
    tab.get_by_text("All 8 tensors are right.").wait_for()


def test_a_worker_that_dies_while_it_loads_is_noticed_and_can_be_replaced(visit, site):
    tab = visit(reduced_motion="reduce")
    tab.clock.install()
    with tab.expect_worker() as worker:
        tab.goto(site + "#hidden_size=2&updates=1")
    worker.value.evaluate("self.close()")
    for _ in range(40):
        tab.clock.run_for(1000)
        assert tab.evaluate("document.documentElement.dataset.engine") != "failed", "it tries again without being told to"
        tab.wait_for_timeout(50)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    wait_until(tab, "lab.experiment.hidden_size === 2")
    assert_same_numbers(Lab(tab), {"hidden_size": 2, "updates": 1})


def test_a_worker_that_dies_again_and_again_is_given_up_with_a_way_back(tab):
    page_lab = live(tab)
    tab.evaluate("window.asked = lab.set({hidden_size: 5, updates: 1}).then(() => 'done'), undefined")
    wait_until(tab, "lab.experiment.hidden_size === 5")
    tab.evaluate("asked")
    tab.context.route("**/pyodide-*/pyodide.mjs", lambda route: route.abort())
    tab.watch.expect("ERR_FAILED")
    kill_worker(tab)
    tab.evaluate("lab.select({t: 2})")
    notice_silence(tab, 20)
    wait_until(tab, "document.documentElement.dataset.engine === 'failed'")
    assert page_lab.experiment["hidden_size"] == 5
    tab.context.unroute("**/pyodide-*/pyodide.mjs")
    tab.get_by_role("button", name="Try again").click()
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    assert_same_numbers(page_lab, {"hidden_size": 5, "updates": 1})
    page_lab.set(updates=2)


# In turn 1970, 2099 and this year: every look at the clock tells another time.
WRONG_CLOCK = """{
    const Right = Date, times = [0, Right.UTC(2099, 0, 1), Right.now()];
    let looked = 0;
    const wrong = () => times[looked++ % times.length];
    globalThis.Date = class extends Right {
        constructor(...given) { super(...(given.length ? given : [wrong()])); }
        static now() { return wrong(); }
    };
}
"""


def test_a_clock_that_is_wrong_and_jumps_changes_nothing(visit, site):
    tab = visit(reduced_motion="reduce")
    tab.clock.install()                                 # this first: the wrong one is laid over it
    tab.add_init_script(WRONG_CLOCK)
    given = []

    def with_wrong_clock(route):
        answer = route.fetch()
        given.append(route.request.url)
        route.fulfill(response=answer, body=WRONG_CLOCK + answer.text())

    tab.context.route("**/assets/worker-*.js", with_wrong_clock)
    tab.goto(site + "#hidden_size=2&updates=5&room=train")
    page_lab = live(tab)
    assert given and tab.evaluate("new Set([Date.now(), Date.now(), Date.now()]).size") == 3
    assert_same_numbers(page_lab, {"hidden_size": 2, "updates": 5})
    tab.evaluate("lab.train({until: 30})")
    wait_until(tab, "lab.run().count === 30")
    assert 0 < tab.evaluate("lab.run().seconds") < 60
    kill_worker(tab)
    tab.evaluate("window.asked = lab.set({updates: 31}).then(() => 'done'), undefined")
    assert notice_silence(tab, 20) == "loading", "a dead worker was not noticed"
    assert tab.evaluate("asked") == "done"
    assert_same_numbers(page_lab, {"hidden_size": 2, "updates": 31})


def test_where_memory_ends_one_sentence_says_so_and_the_next_request_works(live_tabs):
    tab = live_tabs("#hidden_size=2&updates=5")
    page_lab = Lab(tab)
    before = page_lab.trace()
    worker = tab.workers[0]
    worker.evaluate("""globalThis.grow = WebAssembly.Memory.prototype.grow,
        WebAssembly.Memory.prototype.grow = function () { throw new RangeError("no memory is left"); }, undefined""")
    for room in ("forward", "train"):
        follow(tab, "hidden_size=2&updates=5&room=" + room)
        page_lab.settle()
        with pytest.raises(Exception, match="not enough memory"):
            page_lab.set(hidden_size=64, length=200, batch_size=4096)
        wait_until(tab, "[...document.querySelectorAll('[role=alert]')].some(({ textContent }) => textContent.includes('smaller batch'))")
        assert difference(page_lab.trace(), before) == 0
    assert tab.workers[0] == worker, "Python was started anew"
    follow(tab, "hidden_size=2&updates=5")
    page_lab.set(updates=6)
    assert_same_numbers(page_lab, {"hidden_size": 2, "updates": 6})
    assert [row["right"] for row in tab.evaluate("lab.gradientCheck()")] == [True] * 8
    worker.evaluate("WebAssembly.Memory.prototype.grow = globalThis.grow, undefined")
    page_lab.set(batch_size=512, updates=1)
    assert_same_numbers(page_lab, {"hidden_size": 2, "updates": 1, "batch_size": 512})
    tab.watch.check()
    tab.context.close()


def test_two_tabs_of_one_visitor_compute_at_once_without_getting_in_each_others_way(lab, site):
    other = lab.tab.context.new_page()
    other.goto(site + "#room=train&updates=0&seed=7")
    live(other)
    for tab, until in ((lab.tab, 40), (other, 60)):
        tab.evaluate("until => { window.trained = lab.train({until}); }", until)
    for tab, until, seed in ((lab.tab, 40, 1), (other, 60, 7)):
        tab.evaluate("trained")
        wait_until(tab, "until => lab.run().count === until", arg=until)
        assert_same_numbers(Lab(tab), {"seed": seed, "updates": until})
    other.close()
    lab.set(updates=41)
    assert_same_numbers(lab, {"updates": 41})


def test_a_learning_rate_that_runs_away_is_refused_with_a_remedy(lab):
    with pytest.raises(Exception, match="try"):
        lab.set(learning_rate=1000, weight_decay=1000, optimizer="sgd")
    assert "too large" in lab.refusal("learning_rate")
    lab.set(**DEFAULTS)
    assert lab.refusal("learning_rate") == ""
    assert_same_numbers(lab, {}, 1e-12)


def test_a_dragged_slider_ends_at_its_last_value_with_few_runs(lab):
    """Forty values in a burst: the last one wins, and most of the others are never run."""
    frames = lab.tab.evaluate("""async () => {
        const slider = document.querySelector("[data-field=forget_bias] input[type=range]");
        let seen = new Set();
        let watching = true;
        const between = new MessageChannel();           // each is an event of its own, but no timer, however late, lies between them
        const next = () => new Promise((resolve) => { between.port1.onmessage = resolve; between.port2.postMessage(0); });
        const watch = () => { seen.add(lab.experiment.forget_bias); if (watching) requestAnimationFrame(watch); };
        watch();
        for (let k = 0; k < 40; k += 1) {
          slider.value = String(k / 10);
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          await next();
        }
        slider.value = "4.5";                          // none of the others, so that it is seen when it comes
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        await lab.set({});
        watching = false;
        return [...seen];
    }""")
    assert lab.experiment == {**DEFAULTS, "forget_bias": 4.5}
    assert frames[-1] == 4.5
    assert len(frames) < 30
    assert difference(lab.trace(), in_cpython({"forget_bias": 4.5})) <= 1e-12


def test_of_many_requests_at_once_every_one_is_answered_with_the_last(lab):
    answers = lab.tab.evaluate("""() => Promise.all(
        Array.from({ length: 25 }, (_, k) => lab.set({ seed: k, updates: 0 }).then(() => lab.experiment.seed)))""")
    assert answers[-1] == 24
    assert lab.experiment == {**DEFAULTS, "seed": 24, "updates": 0}
    assert_same_numbers(lab, {"seed": 24, "updates": 0})


def test_training_is_given_up_when_something_else_is_asked_for(lab):
    lab.tab.evaluate("window.first = lab.set({hidden_size: 16, length: 64, updates: 500}), undefined")
    wait_until(lab.tab, "lab.experiment.hidden_size === 16")
    assert lab.tab.locator(".engine").text_content() == "learning"
    reached = lab.tab.evaluate("""async () => {
        let reached = 0;
        const done = lab.set({hidden_size: 1, length: 5, updates: 0}).then(() => true);
        while (!await Promise.race([done, new Promise((resolve) => requestAnimationFrame(() => resolve(false)))])) {
          reached = Math.max(reached, lab.experiment.updates);
        }
        return reached;
    }""")
    assert reached < 400, "the old training went on to its end"
    assert_same_numbers(lab, {"hidden_size": 1, "length": 5, "updates": 0})
    lab.tab.evaluate("first")


@pytest.mark.parametrize("patch, field", [
    ({"hidden_size": None}, "hidden_size"), ({"hidden_size": [1]}, "hidden_size"), ({"updates": True}, "updates"),
    ({"seed": -1}, "seed"), ({"seed": 2**53}, "seed"), ({"edits": {"weight_hh[9,9]": 1}}, "edits"), ({"edits": "x"}, "edits"),
    ({"edits": {"bias[0]": None}}, "edits"), ({"task": "own"}, "values"), ({"task": "own", "values": [[]]}, "values"),
    ({"values": [1, 2]}, "values"), ({"version": 2}, "version"), ({"__class__": 1}, "__class__"), ({"length": 1e308}, "length"),
])
def test_a_script_that_asks_for_nonsense_is_refused_with_a_sentence(lab, patch, field):
    before = lab.trace()
    said = lab.tab.evaluate("patch => lab.set(patch).then(() => null, (error) => error.message)", patch)
    assert said and field in said
    assert difference(lab.trace(), before) == 0
    lab.set(updates=0)
    assert lab.experiment == Experiment(updates=0).to_json()


def test_what_cannot_be_sent_to_python_does_not_kill_it(lab):
    lab.tab.evaluate("lab.set({ seed: 4, updates: 0, task: undefined, scale: () => 1 }).catch(() => {})")
    assert lab.tab.evaluate("document.documentElement.dataset.engine") == "live"
    lab.set(seed=5)
    assert lab.experiment["seed"] == 5
