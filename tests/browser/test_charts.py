"""The words in the Train room's curves: none runs into another, none lies on the curve of the score, none is crossed out."""
from urllib.parse import quote

import pytest
from lab import follow, lab, live_tabs, shared_tab, wait_until  # noqa: F401

CLASHES = """(() => {
    const svg = document.querySelector('.curves svg');
    if (!svg.querySelector('text')) throw new Error('there are no words to look at');
    const words = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    const met = ([, a], [, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
    const clashes = words.flatMap((one, k) => words.slice(k + 1).filter((other) => met(one, other)).map((other) => [one[0], other[0]]));
    const score = svg.querySelectorAll('.pane')[1];
    const curve = score.querySelector('.curve-line.main');
    const place = curve.getScreenCTM();
    for (let at = 0; at < curve.getTotalLength(); at += 1) {
        const { x, y } = curve.getPointAtLength(at).matrixTransform(place);
        for (const label of score.querySelectorAll('.level-label')) {
            const box = label.getBoundingClientRect();
            if (x > box.left && x < box.right && y > box.top + 2 && y < box.bottom - 2) return [...clashes, [label.textContent, 'the curve']];
        }
    }
    return clashes;
})()"""


@pytest.mark.parametrize("link", ["seed=24&updates=80", "seed=24&updates=300", "task=wave&updates=200", "task=recall&length=40&updates=300&beside=cell%3Drnn",
                                  "task=adding&updates=60"])
def test_words_stand_clear_of_each_other_and_of_the_score(lab, link):
    tab = lab.tab
    follow(tab, "room=train&" + link)
    count = int(link.split("updates=")[1].split("&")[0])
    wait_until(tab, "count => lab.run().count === count && document.querySelectorAll('.curves .pane').length === 3", arg=count)
    wait_until(tab, "!document.querySelector('.engine.busy')")
    assert tab.evaluate(CLASHES) == []


@pytest.mark.parametrize("link", ["seed=20&updates=80", "task=reber&updates=60"])
def test_on_a_phone_too_and_within_the_screen(lab, link):
    lab.tab.set_viewport_size({"width": 390, "height": 844})
    test_words_stand_clear_of_each_other_and_of_the_score(lab, link)
    assert lab.tab.evaluate("[...document.querySelectorAll('.curves text')].filter((word) => word.getBoundingClientRect().right > innerWidth).map((word) => word.textContent)") == []


def test_under_every_word_between_the_lines_there_is_paper(lab):
    tab = lab.tab
    follow(tab, "room=train&updates=80&changes=40:learning_rate:0.1&beside=forget_bias%3D-2")
    wait_until(tab, "lab.run().count === 80 && document.querySelector('.curves .end-label.beside0')")
    assert all(tab.locator(".curves " + word).count() for word in (".level-label", ".end-label", ".pane-title", ".change-mark text"))
    bare = tab.evaluate("""[...document.querySelectorAll('.curves :is(.level-label, .end-label, .pane-title, .below .tick-label:not(:last-child), .change-mark text)')]
        .filter((text) => {
            const [word, paper] = [text, text.previousElementSibling].map((shape) => shape.getBoundingClientRect());
            return !text.previousElementSibling.matches('.under-words') || Math.abs(word.left - paper.left) > 3 || Math.abs(word.right - paper.right) > 3;
        }).map((text) => text.textContent)""")
    assert bare == []
    assert "Forget bias −2" in tab.locator(".curves .end-label.beside0").first.text_content()  # with a minus


def test_a_run_of_another_task_keeps_its_name_within_the_screen_and_off_the_axis_of_the_score(lab):
    lab.tab.set_viewport_size({"width": 390, "height": 844})
    follow(lab.tab, "room=train&task=adding&updates=40&seed=3&beside=%s" % quote("task=latch|seed=5"))
    wait_until(lab.tab, "lab.run().count === 40 && document.querySelectorAll('.curves .end-label.beside0').length === 2 && document.querySelectorAll('.curves .end-label.beside1').length === 3", timeout=60_000)
    panes = lab.tab.evaluate("[...document.querySelectorAll('.curves .pane')].map((pane) => pane.querySelectorAll('.curve-line').length)")
    assert panes == [3, 2, 3]
    assert lab.tab.evaluate("[...document.querySelectorAll('.curves text')].filter((word) => word.getBoundingClientRect().right > innerWidth).map((word) => word.textContent)") == []
