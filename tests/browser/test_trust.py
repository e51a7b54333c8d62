"""What the page's own policy promises: nothing inline, nothing from elsewhere, nothing kept."""
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lab import Lab, assert_same_numbers, lab, live_tabs, shared_tab, wait_until  # noqa: F401

from web.build import one_file
from web.build.paths import DIST


def html(name):
    return (DIST / name).read_text(encoding="utf-8")


def test_the_policy_comes_first_and_allows_neither_inline_nor_evaluated_code():
    for name in ("index.html", one_file.NAME):
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html(name)).group(1)
        assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy and "http" not in policy
        assert html(name).index("Content-Security-Policy") < html(name).index("<script")


def test_index_has_no_script_or_style_of_its_own():
    scripts = re.findall(r"<script([^>]*)>", html("index.html"))
    assert scripts and all("application/json" in script or "src=" in script for script in scripts)
    assert "<style" not in html("index.html") and not re.search(r"<[^>]* (style|on\w+)=", html("index.html"))


def test_the_policy_refuses_inline_code_and_other_hosts(lab):
    lab.tab.watch.expect("Content Security Policy")
    lab.tab.watch.expect("other.invalid")
    refused = lab.tab.evaluate("""async () => {
        const refused = [];
        addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        script.remove();
        await fetch("https://other.invalid/").catch(() => {});
        const picture = new Image();
        await new Promise((resolve) => { picture.onerror = resolve; picture.src = "https://other.invalid/x.png"; });
        await new Promise((resolve) => setTimeout(resolve, 100));
        return refused;
    }""")
    assert {"script-src-elem", "connect-src", "img-src"} <= set(refused)
    assert lab.tab.evaluate("window.ran") is None


KEPT = """async () => {
  const wait = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = reject; });
  const kept = [];
  for (const { name } of await indexedDB.databases()) {
    const base = await wait(indexedDB.open(name));
    for (const store of base.objectStoreNames) kept.push(...await wait(base.transaction(store).objectStore(store).getAllKeys()));
    base.close();
  }
  return kept;
}"""


def test_nothing_is_kept_of_a_visit(live_tabs):
    """But for a run of the Train room, which is kept in this browser so that it can be offered again."""
    tab = live_tabs()                                   # its own: of the shared one a run may be kept
    Lab(tab).set(seed=8, updates=1)
    assert tab.context.cookies() == []
    assert tab.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    assert tab.evaluate(KEPT) == []
    tab.watch.check()
    tab.context.close()


@pytest.fixture
def school():
    """Another host, whose page holds the lab in a frame; address(frame) gives the page's."""
    class School(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.server.page.encode() if self.path == "/" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *message):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), School) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def address(frame):
            server.page = "<!doctype html><link rel=icon href='data:,'>" + frame
            return "http://localhost:%d/" % server.server_port
        yield address
        server.shutdown()


def live_frame(tab):
    """The page in the frame of `tab`, once it is live."""
    frame = tab.frames[1]
    wait_until(frame, "document.documentElement.dataset.engine === 'live'")
    frame.evaluate("lab.ready")
    return frame


def test_it_works_in_a_sandboxed_frame_of_another_host(visit, school, site):
    tab = visit()
    tab.watch.expect("request to another host")
    tab.goto(school('<iframe sandbox="allow-scripts allow-same-origin" width=1200 height=800 src="%s#updates=2"></iframe>' % site))
    frame = live_frame(tab)
    assert frame.evaluate("lab.experiment.updates") == 2


def test_the_one_file_works_in_a_frame_that_may_keep_nothing(visit, school, site):
    """Without an origin there is no storage at all: reading localStorage is an exception there."""
    tab = visit()
    tab.watch.expect("request to another host")
    tab.goto(school('<iframe sandbox="allow-scripts" width=1200 height=800 src="%s%s#updates=2"></iframe>'
                    % (site, one_file.NAME)))
    frame = live_frame(tab)
    assert frame.evaluate("lab.experiment.updates") == 2
    assert frame.evaluate("(() => { try { return localStorage.length } catch (error) { return error.name } })()") == "SecurityError"
