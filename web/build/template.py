"""web/index.html, filled in."""
import json
import re

from web.build.console import Failure
from web.build.paths import WEB


def page(values):
    return fill((WEB / "index.html").read_text(encoding="utf-8"), values)


def inline_json(value):
    """JSON that can stand inside a <script> element, where `<` could end it."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def fill(template, values, name="web/index.html"):
    def value(match):
        if match.group(1) not in values:
            raise Failure("%s asks for {{%s}}, which the build does not know: use one of %s."
                          % (name, match.group(1), ", ".join(sorted(values))))
        return values[match.group(1)]
    return re.sub(r"\{\{(\w+)\}\}", value, template)
