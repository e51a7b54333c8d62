"""Long text made short enough for an address: UTF-8, deflated (RFC 1951), in base64 with - and _ (RFC 4648, section 5).

The page writes and reads the same in web/core/packing.js.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib

# Of what a link unpacks to; a few kilobytes can pretend to be a gigabyte.
MOST_BYTES = 1_000_000


def pack(text: str) -> str:
    """`text` in letters, digits, - and _; what is no Unicode (half a surrogate pair) becomes a question mark.

    Examples
    --------
    >>> unpack(pack("猫" * 100)) == "猫" * 100
    True
    >>> len(pack("猫" * 100)) < 20
    True
    """
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeeze.compress(text.encode("utf-8", "replace")) + squeeze.flush()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def unpack(packed: str) -> str | None:
    """What was packed, or None if it is not whole, was never packed, or holds more than `MOST_BYTES`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", packed):
        return None
    stretch = zlib.decompressobj(-15)
    try:
        content = stretch.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MOST_BYTES + 1)
        if not stretch.eof or len(content) > MOST_BYTES:
            return None
        return content.decode("utf-8")
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return None
