"""Unpacking bodies that arrive compressed, within a limit: small ones may unpack into huge ones."""

import zlib

_GZIP = zlib.MAX_WBITS | 16
_MOST_MEMBERS = 16
"""Of a gzip file: it may consist of several, and each costs a look."""


class CannotUnpack(Exception):
    """The body is packed in another way than it says, or in one that nobody here knows."""


class UnpacksTooLarge(Exception):
    """More than the limit would come of the body."""


def unpack(body: bytes, coding: str, *, limit: int) -> bytes:
    """Return what was packed; never more than a byte beyond the limit is held in memory.

    Args:
        body: As it arrived, whole.
        coding: What its Content-Encoding header says; empty for nothing.
        limit: Most bytes that may come of it.

    Raises:
        CannotUnpack: It is cut or garbled, or packed by anything but gzip or deflate.
        UnpacksTooLarge: More than `limit` bytes would come of it.
    """
    match coding.strip().lower():
        case "" | "identity":
            return body
        case _ if not body:  # answers without a body may still say how it would be packed
            return body
        case "gzip" | "x-gzip":
            return _inflate(body, _GZIP, limit)
        case "deflate":
            return _inflate(body, zlib.MAX_WBITS if _has_zlib_header(body) else -15, limit)
        case _:
            raise CannotUnpack("unknown coding")


def _inflate(body: bytes, window_bits: int, limit: int) -> bytes:
    unpacked, rest = bytearray(), body
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(window_bits)
        try:
            unpacked += member.decompress(rest, limit + 1 - len(unpacked))
        except zlib.error:
            raise CannotUnpack("garbled") from None
        if len(unpacked) > limit:
            raise UnpacksTooLarge
        if not member.eof:
            raise CannotUnpack("cut")
        rest = member.unused_data.lstrip(b"\0")
        if not rest:
            return bytes(unpacked)
    raise CannotUnpack("too many members")


def _has_zlib_header(body: bytes) -> bool:
    """Tell `deflate` as RFC 9110 wants it from the bare stream that some servers send."""
    return body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
