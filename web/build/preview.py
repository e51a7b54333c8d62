"""What a messenger shows of a link to the page: title, sentence and picture, in the Open Graph's words.

The picture is made by `build.py screenshots`. Where the page will stand is known only to who puts it there. Without
`build.py build --address https://...` the picture's address is relative, which some messengers resolve and others ignore:
those then show title and sentence alone.
"""
import html
import re

from web.build.console import Failure
from web.build.paths import WEB

PICTURE = WEB / "preview.png"
SIZE = (1200, 630)
TITLE = "The LSTM you can open"
SENTENCE = "Step through a long short-term memory forward and backward: every number computed by Python in your browser."


def tags(address=None):
    """The <meta> elements; `address` is that of the folder the page will stand in."""
    if address is not None and not re.fullmatch(r"https?://[^\s\"'<>#?]+", address):
        raise Failure("--address is %r: give where the page will stand, such as https://example.org/lstm/" % address)
    base = "" if address is None else address.rstrip("/") + "/"
    known = {"type": "website", "title": TITLE, "description": SENTENCE, "image": base + PICTURE.name, "image:width": SIZE[0],
             "image:height": SIZE[1], "image:alt": "Gates and states of an LSTM over 24 steps, as openings and colours"}
    if base:
        known["url"] = base
    lines = ['<meta property="og:%s" content="%s">' % (name, html.escape(str(value))) for name, value in known.items()]
    return "\n".join([*lines, '<meta name="twitter:card" content="summary_large_image">'])
