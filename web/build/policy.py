"""The Content-Security-Policy that each form of the page carries in itself, so that no host has to be told.

'wasm-unsafe-eval' lets WebAssembly be compiled, and nothing else. Styles are set through the document's own interface,
which no policy forbids; an inline style or script in the HTML is refused.
"""
import base64
import hashlib

# Pictures that the page makes itself, to be taken away, are data: or blob: addresses.
_PICTURES = "img-src 'self' data: blob:"
_NEVER = "object-src 'none'; base-uri 'none'; form-action 'none'"

SERVED = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; %s; %s" % (_PICTURES, _NEVER)


def one_file(script, style):
    """The policy of a page that holds everything: that one script and that one style, and no network at all."""
    return ("default-src 'none'; script-src %s 'wasm-unsafe-eval'; style-src %s; worker-src data:; font-src data:; %s; %s"
            % (source_of(script), source_of(style), _PICTURES.replace("'self' ", ""), _NEVER))


def source_of(text):
    return "'sha256-%s'" % base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
