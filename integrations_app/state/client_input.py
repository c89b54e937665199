"""Reading what browsers send."""

from urllib.parse import urlsplit

_LONGEST_VERSION = 18
"""Digits; the database counts no further."""


def clean(text: str) -> str:
    """Return what a browser sent, without what no address and no database can hold."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def query_of(link: object) -> str:
    """The query of a link; empty for what is no address."""
    try:
        return urlsplit(clean(str(link))).query
    except ValueError:
        return ""


def version_of(form_key: object) -> tuple[str, int | None]:
    """Return the subject and version that a form's key names; None for no number."""
    of, _slash, drawn = str(form_key).rpartition("/")
    version = drawn.partition(".")[0]
    is_number = version.isdecimal() and len(version) <= _LONGEST_VERSION
    return of, int(version) if is_number else None
