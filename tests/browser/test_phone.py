"""A phone, upright and on its side, and a tablet: what is at hand is in sight, nothing moves under the finger, a finger meets it."""
import pytest
from lab import Lab, live_tabs, wait_until  # noqa: F401

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LARGEST_SHIFT = 0.05
SMALLEST_TARGET = 24
# The numbers of an equation are others at every step that is played, and some are wider.
SHIFTS = """new PerformanceObserver((list) => {
    const plays = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".equation");
    for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput && !sources.every(({ node }) => plays(node))) (window.shifts ??= []).push([value, ...sources.map(({ node }) => node?.className ?? node?.data)]);
}).observe({ type: "layout-shift", buffered: true });"""
# What is pressed, and how large a finger finds it; a box's label takes the finger as well. The picture's cells have the arrows.
SMALL = """least => [...document.querySelectorAll("button, select, input, textarea, summary, a, [role=button]:not(.box)")]
    .filter((at) => at.getClientRects().length && !at.closest("[inert], .skip, .visually-hidden"))
    .map((at) => [at, (at.matches("[type=checkbox], [type=radio]") ? at.closest("label") : at).getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < least - 0.01)
    .map(([at, { width, height }]) => `${at.tagName} ${at.getAttribute("class")} "${at.textContent.slice(0, 20)}" ${width} x ${height}`)"""


def box(tab, selector):
    return tab.locator(selector).first.bounding_box()


def bottom(of):
    return of["y"] + of["height"]


@pytest.fixture(scope="module")
def tab(live_tabs):
    tab = live_tabs(**PHONE)
    yield tab
    tab.watch.check()
    tab.context.close()


@pytest.fixture
def phone(tab):
    lab = Lab(tab)
    while tab.locator(".left.open").count():
        tab.locator(".left .close").first.click()
    lab.reset()
    while tab.locator(".right.peek").count() == 0:
        tab.locator(".grips button").first.click()
    return lab


def drawn_up(tab):
    for _ in range(2):
        tab.locator(".grips button").last.click()
    tab.evaluate("document.querySelector('.right').scrollTo(0, 300)")
    assert tab.evaluate("document.querySelector('.right').scrollTop") > 100


def test_the_sheet_begins_at_its_top_whatever_it_shows_next(phone):
    tab = phone.tab
    top = "document.querySelector('.right').scrollTop"
    drawn_up(tab)
    for _ in range(2):
        tab.locator(".grips button").first.click()
    assert tab.evaluate(top) == 0
    sheet, place = box(tab, ".right"), box(tab, ".breadcrumb")
    assert sheet["y"] < place["y"] and bottom(box(tab, ".inspector .value")) < bottom(sheet)
    drawn_up(tab)
    phone.select("c", 5, 1)
    wait_until(tab, "document.querySelector('.right').scrollTop === 0")
    tab.evaluate("document.querySelector('.right').scrollTo(0, 300)")
    phone.enter("backward")
    assert tab.evaluate(top) == 0


def test_a_check_shows_its_table(phone):
    tab = phone.tab
    drawn_up(tab)
    tab.locator(".open-controls").click()
    tab.locator("[data-part=backward] .buttons button").click()
    wait_until(tab, "document.querySelectorAll('.report tbody tr').length > 3")
    assert box(tab, ".right")["y"] <= box(tab, ".report thead")["y"] < 300
    assert tab.locator(".left.open").count() == 0
    tab.evaluate("document.querySelector('.right').scrollTo(0, 300)")
    wait_until(tab, "!document.querySelector('.check [role=status]').textContent.includes('…') && document.querySelector('.nudge')")
    tab.locator(".open-controls").click()
    tab.locator("[data-part=backward] .buttons button").click()
    wait_until(tab, "document.querySelector('.right').scrollTop === 0")


def test_another_room_begins_at_its_top(live_tabs):
    tab = live_tabs("#room=backward")
    tab.locator("main").evaluate("column => column.scrollTo(0, 1e6)")
    tab.locator("aside.right").evaluate("column => column.scrollTo(0, 1e6)")
    assert tab.locator("main").evaluate("column => column.scrollTop") > 100
    for room in ("train", "forward"):
        Lab(tab).enter(room)
        assert [tab.locator(column).evaluate("column => column.scrollTop") for column in ("main", "aside.right")] == [0, 0]
        tab.locator("main").evaluate("column => column.scrollTo(0, 1e6)")
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.evaluate("scrollTo(0, 600)")
    Lab(tab).enter("backward")
    assert tab.evaluate("scrollY") == 0
    tab.context.close()


@pytest.mark.parametrize("width, height", [(390, 844), (360, 640), (820, 1180), (844, 390), (640, 360), (1180, 820)])
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_nothing_moves_when_python_is_there(visit, site, until_live, width, height, language):
    tab = visit(viewport={"width": width, "height": height}, is_mobile=True, has_touch=True, locale=language)
    tab.add_init_script(SHIFTS)
    tab.goto(site)
    tab.wait_for_selector(".engine progress")
    at = tab.locator("#picture").bounding_box()["y"]
    until_live(tab)
    tab.evaluate("lab.ready")
    tab.wait_for_timeout(500)
    assert tab.locator("#picture").bounding_box()["y"] == at
    shifts = tab.evaluate("window.shifts ?? []")
    assert sum(value for value, *_ in shifts) < LARGEST_SHIFT, shifts


@pytest.mark.parametrize("width, height", [(640, 360), (844, 390), (683, 384)])
def test_a_phone_on_its_side_shows_the_picture_and_the_play_bar(live_tabs, width, height):
    tab = live_tabs(viewport={"width": width, "height": height}, is_mobile=True, has_touch=True)
    header, sheet, bar = box(tab, ".top"), box(tab, "aside.right"), box(tab, ".under")
    assert header["height"] < 50 and sheet["height"] < 50 and bar["height"] < 50
    assert bottom(bar) == height and bottom(sheet) <= bar["y"] + 1
    assert sheet["y"] - bottom(header) > 0.55 * height
    value, place = box(tab, ".inspector .value"), box(tab, ".breadcrumb")
    assert sheet["y"] <= value["y"] and bottom(value) <= bottom(sheet) and abs(value["y"] + value["height"] / 2 - place["y"] - place["height"] / 2) < 4
    tab.locator(".open-controls").click()
    picture = tab.locator("#picture").bounding_box()
    assert picture["x"] + picture["width"] / 2 > box(tab, ".left")["width"]              # beside it, not under it
    tab.context.close()


@pytest.mark.parametrize("width, height", [(820, 1180), (1024, 768), (1180, 820)])
def test_a_tablets_slider_has_a_line_of_its_own(live_tabs, width, height):
    tab = live_tabs(viewport={"width": width, "height": height}, is_mobile=True, has_touch=True)
    for slider in tab.locator(".field input[type=range]").all():
        size = slider.bounding_box()
        assert size["width"] > 180 and size["height"] >= SMALLEST_TARGET
    tab.context.close()


@pytest.mark.parametrize("link", ["", "#room=backward&quantity=dc&t=18", "#room=train&updates=30", "#room=break&damage=clamp_f:0.5&updates=30", "#room=break&puzzle=33&updates=30"])
def test_a_finger_meets_everything(live_tabs, link):
    tab = live_tabs(link, **PHONE)
    wait_until(tab, "document.documentElement.hasAttribute('data-complete')")
    for press in (None, ".grips button:last-child", ".grips button:last-child", ".open-controls"):
        if press:
            tab.locator(press).click()
        assert tab.evaluate(SMALL, SMALLEST_TARGET) == []
    tab.context.close()


def test_another_row_is_reached_without_the_keyboard(phone):
    tab = phone.tab
    up, down = (tab.locator(".playbar").get_by_role("button", name=name) for name in ("One row up", "One row down"))
    down.click()
    wait_until(tab, "document.querySelector('.inspector data')?.dataset.place === 'f,13,3'")
    down.click()
    wait_until(tab, "document.querySelector('.inspector data')?.dataset.place === 'i,13,1'")
    up.click()
    wait_until(tab, "document.querySelector('.inspector data')?.dataset.place === 'f,13,3'")
    for button in tab.locator(".under button:visible").all():
        place = button.bounding_box()
        assert place["x"] >= 0 and place["x"] + place["width"] <= 390


@pytest.mark.parametrize("width", [360, 375, 390, 412])
def test_how_the_play_head_moves_is_read_in_the_play_bar(phone, width):
    phone.tab.set_viewport_size({"width": width, "height": 844})
    there, wanted = phone.tab.evaluate("""() => {
        const choice = document.querySelector(".playbar .by select"), style = getComputedStyle(choice);
        const words = document.createElement("span");
        words.textContent = choice.selectedOptions[0].text;
        words.style.cssText = `position: absolute; white-space: nowrap; font: ${style.font}`;
        document.body.append(words);
        const wanted = words.getBoundingClientRect().width;
        words.remove();
        return [choice.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight), wanted];
    }""")
    assert there >= wanted > 20, (there, wanted)


def test_what_a_slider_does_is_seen_above_it(phone):
    tab = phone.tab
    tab.locator(".open-controls").click()
    wait_until(tab, "document.activeElement.matches('.left .close')")
    tab.locator(".left").evaluate("sheet => sheet.scrollTo(0, 0)")
    sheet, slider, done = box(tab, ".left"), phone.field("length").locator("[type=range]").bounding_box(), box(tab, ".left .close")
    assert 250 < sheet["y"] <= done["y"] and bottom(done) <= slider["y"] and bottom(slider) < 844
    wait_until(tab, "document.querySelector('#picture').getBoundingClientRect().top < 100")
    assert tab.evaluate("[...document.querySelectorAll('.right, .under')].every((under) => under.inert)")
    for y in (300, 900):                                    # the way back stays where it is, and no field is under it
        tab.locator(".left").evaluate("(sheet, y) => sheet.scrollTo(0, y)", y)
        assert box(tab, ".left .close")["y"] == done["y"]
        covered = tab.evaluate("""() => { const done = document.querySelector(".left .close").getBoundingClientRect();
            return [...document.querySelectorAll(".left .field")].map((field) => field.getBoundingClientRect()).filter(({ top, bottom }) => top >= done.top && bottom <= done.bottom + 1 && top > done.bottom).length; }""")
        assert covered == 0
    phone.set(length=11)
    assert phone.experiment["length"] == 11
    tab.locator(".left .close").first.click()
    wait_until(tab, "document.activeElement.matches('.open-controls')")
    assert tab.evaluate("[...document.querySelectorAll('.right, .under')].every((under) => !under.inert)")


def test_share_is_in_the_header_and_the_menu_says_what_it_holds(phone):
    tab = phone.tab
    for width in (390, 360):
        tab.set_viewport_size({"width": width, "height": 844})
        for name in ("Share", "Tour, glossary and more"):
            place = tab.get_by_role("button", name=name, exact=True).bounding_box()
            assert place["y"] < 45 and place["x"] + place["width"] <= width
    tab.get_by_role("button", name="Tour, glossary and more").click()
    assert tab.locator("dialog").get_attribute("aria-label") == "Tour, glossary and more"
    assert tab.locator("dialog kbd").count() == 0
    tab.keyboard.press("Escape")


@pytest.mark.parametrize("width", [390, 360])
def test_a_training_is_steered_and_read_on_a_phone(phone, width):
    tab = phone.tab
    phone.reset("room=train", updates=30)
    tab.set_viewport_size({"width": width, "height": 844})
    for name in ("+1", "+10", "+100"):
        place = tab.locator(".trainbar").get_by_text(name, exact=True).bounding_box()
        assert place["x"] >= 0 and place["x"] + place["width"] <= width and bottom(place) <= 844
    now = box(tab, ".trainbar .now")
    assert "30" in tab.locator(".trainbar .now").text_content() and now["x"] + now["width"] <= width and bottom(now) <= 844
    bar = box(tab, ".under")
    assert bottom(now) <= bottom(bar) and bar["y"] <= box(tab, ".trainbar .primary")["y"]
    assert bottom(box(tab, ".curves .chart-svg")) <= box(tab, "aside.right")["y"]
    tab.locator(".trainbar .primary").click()
    wait_until(tab, "document.querySelector('.trainbar .rate').textContent")
    rate = box(tab, ".trainbar .rate")
    assert rate["x"] + rate["width"] <= width and bottom(rate) <= 844
    tab.locator(".trainbar .primary").click()
    phone.settle()


@pytest.mark.parametrize("width", [360, 375, 390, 412])
def test_the_picture_does_not_wobble_sideways(phone, width):
    phone.tab.set_viewport_size({"width": width, "height": 740})
    wait_until(phone.tab, "width => innerWidth === width", arg=width)
    phone.tab.wait_for_timeout(100)
    window, sheet = phone.tab.locator(".window").evaluate("one => [one.clientWidth, one.scrollWidth]")
    assert sheet <= window


def test_on_a_screen_to_touch_one_taps(visit, site):
    for touch, word in ((True, "Tap any number"), (False, "Click any number")):
        tab = visit(viewport=PHONE["viewport"], is_mobile=touch, has_touch=touch)
        tab.goto(site)
        assert word in tab.locator(".caption").text_content()


@pytest.mark.parametrize("link", ["", "#room=backward", "#room=train", "#room=break&damage=clamp_f:0.5", "#length=60&updates=3", "#question=" + 90 * "x"])
def test_no_window_is_wider_than_itself(live_tabs, link):
    tab = live_tabs(link)
    for width, height in ((1440, 900), (390, 844), (200, 700), (1000, 600), (360, 640), (200, 400), (640, 360)):
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(200)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, (width, height)
    tab.context.close()
