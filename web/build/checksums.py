"""SHA256SUMS in dist/: every file with its SHA-256, as `sha256sum -c` reads it, and the check of a folder against it."""
import hashlib

from web.build.console import Failure

NAME = "SHA256SUMS"


def text(files):
    """The content of SHA256SUMS for {name: content}."""
    return "".join("%s  %s\n" % (hashlib.sha256(files[name]).hexdigest(), name) for name in sorted(files))


def write(folder):
    (folder / NAME).write_text(text(contents(folder)), encoding="utf-8", newline="\n")


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and path.name != NAME}


def verify(folder):
    """Return the SHA-256 of SHA256SUMS itself, which stands for all of the folder; raise Failure naming what differs."""
    if not (folder / NAME).is_file():
        raise Failure("There is no %s in %s: build the page, or name the folder that holds it." % (NAME, folder))
    written = (folder / NAME).read_text(encoding="utf-8")
    wanted = {name: digest for digest, name in (line.split("  ", 1) for line in written.splitlines())}
    found = {name: hashlib.sha256(content).hexdigest() for name, content in contents(folder).items()}
    wrong = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
    if wrong:
        told = ["%s (%s)" % (name, "missing" if name not in found else "not in the list" if name not in wanted else "changed")
                for name in wrong[:5]]
        raise Failure("%d of the files in %s are not those that were built: %s%s. Build or copy the folder again."
                      % (len(wrong), folder, ", ".join(told), ", and others" if len(wrong) > 5 else ""))
    return hashlib.sha256(written.encode()).hexdigest()
