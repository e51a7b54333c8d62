"""What is no death of the worker, what is one, and that Python comes back from every one of them."""
from lab import DEFAULTS, Lab, assert_same_numbers, lab, live_tabs, shared_tab, wait_until  # noqa: F401  (fixtures)
from test_faults import hang_worker, kill_worker, live, tab  # noqa: F401

ENGINE = "document.documentElement.dataset.engine"
# In the order in which they stood in the header since this was asked.
NOTE_SIGNS = """() => {
    window.signs = [];
    const look = () => {
        const sign = document.querySelector('.engine').className + ': ' + document.querySelector('.engine').textContent;
        if (sign !== signs.at(-1)) signs.push(sign);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true }); }"""


def test_a_picture_that_cannot_be_drawn_is_no_death(lab):
    worker = lab.tab.workers[0]
    lab.tab.watch.expect("no ink is left")
    lab.tab.evaluate("""() => { window.clearRect = CanvasRenderingContext2D.prototype.clearRect;
        CanvasRenderingContext2D.prototype.clearRect = () => { throw new Error('no ink is left'); }; }""")
    for seed in (5, 6, 7, 8):
        lab.set(seed=seed, updates=3)
    lab.tab.evaluate("void (CanvasRenderingContext2D.prototype.clearRect = window.clearRect)")
    assert any("no ink is left" in problem for problem in lab.tab.watch.problems), "it is told, as what nobody caught"
    assert lab.tab.workers[0] == worker, "Python was started anew"
    lab.set(seed=9)
    assert_same_numbers(lab, {"seed": 9, "updates": 3})


def test_an_answer_that_cannot_be_drawn_is_no_death(lab):
    worker = lab.tab.workers[0]
    lab.tab.watch.expect("no ink is left")
    lab.tab.evaluate("""() => { window.clearRect = CanvasRenderingContext2D.prototype.clearRect; }""")
    lab.enter("break")
    wait_until(lab.tab, "document.querySelector('table.numbers')")
    lab.tab.evaluate("void (CanvasRenderingContext2D.prototype.clearRect = () => { throw new Error('no ink is left'); })")
    lab.set(damage={"clamp_f": 1})
    lab.tab.evaluate("void (CanvasRenderingContext2D.prototype.clearRect = window.clearRect)")
    lab.set(damage={"clamp_f": 0})
    wait_until(lab.tab, "document.querySelector('.numbers:not(.faded)')")
    assert lab.tab.workers[0] == worker


def test_a_worker_that_hangs_at_rest_is_replaced_though_nobody_asks_it_anything(tab):
    page_lab = live(tab)
    page_lab.set(hidden_size=2, updates=5)
    hang_worker(tab)
    for _ in range(20):
        tab.clock.run_for(1000)
        if tab.evaluate(ENGINE) != "live":
            break
    assert "is being restarted" in tab.locator(".engine").text_content()
    wait_until(tab, ENGINE + " === 'live'")
    page_lab.set(updates=6)
    assert_same_numbers(page_lab, {"hidden_size": 2, "updates": 6})


def test_a_worker_that_dies_is_replaced_at_once(live_tabs):
    tab = live_tabs("#hidden_size=2&updates=5")
    tab.evaluate(NOTE_SIGNS)
    kill_worker(tab)
    wait_until(tab, "signs.some((sign) => sign.includes('is being restarted'))", timeout=8000)      # no silence is waited for
    wait_until(tab, "signs.at(-1) === 'engine live: live'")
    Lab(tab).set(updates=6)
    assert_same_numbers(Lab(tab), {"hidden_size": 2, "updates": 6})
    tab.context.close()


def test_a_worker_that_dies_while_it_restarts_is_replaced_again(live_tabs):
    tab = live_tabs("#hidden_size=2&updates=5")
    for wait in (0, 100, 400):
        with tab.expect_event("worker") as another:
            kill_worker(tab) if wait == 0 else last.evaluate("self.close()")
        last = another.value
        tab.wait_for_timeout(wait)
    wait_until(tab, "lab.experiment.updates === 5 && " + ENGINE + " === 'live' && !document.querySelector('.engine.busy')")
    Lab(tab).set(updates=6)
    assert_same_numbers(Lab(tab), {"hidden_size": 2, "updates": 6})
    tab.context.close()


def test_what_takes_long_to_do_once_more_is_no_silence(visit, site):
    """In Break, where no picture comes before the last, a new Python trains for longer than a worker may be silent."""
    tab = visit(reduced_motion="reduce")
    tab.clock.install()
    experiment = {"hidden_size": 1, "length": 5, "batch_size": 2, "updates": 12_000}
    tab.goto(site + "#room=break&" + "&".join("%s=%s" % item for item in experiment.items()))
    live(tab)
    tab.evaluate(NOTE_SIGNS)
    workers = []
    tab.on("worker", lambda worker: workers.append(worker))
    kill_worker(tab)
    wait_until(tab, "signs.some((sign) => sign.includes('is being restarted'))")
    wait_until(tab, ENGINE + " === 'live'")
    for _ in range(30):
        tab.clock.run_for(1000)
        tab.wait_for_timeout(120)
    wait_until(tab, "signs.at(-1) === 'engine live: live'")
    assert len(workers) == 1, "the new Python was taken for dead"
    assert "engine live busy: learning" in tab.evaluate("signs"), "the sign says what Python does meanwhile"
    Lab(tab).set(updates=12_001)
    assert Lab(tab).experiment == {**DEFAULTS, **experiment, "updates": 12_001}
