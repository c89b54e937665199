"""Bodies that arrive compressed are unpacked within a limit, or refused."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations_app.security.unpacking import CannotUnpack, UnpacksTooLarge, unpack

LIMIT = 10_000
TEXT = b'{"data": [1, 2, 3]}'


def bare(data: bytes) -> bytes:
    """Deflate without the header that RFC 9110 asks for, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("coding", [*PACKERS, "GZip", " deflate "])
@given(data=st.binary(max_size=LIMIT))
def test_what_was_packed_comes_out(coding: str, data: bytes) -> None:
    packed = PACKERS[coding.strip().lower()](data)

    assert unpack(packed, coding, limit=LIMIT) == data


@given(data=st.binary(max_size=LIMIT))
def test_deflate_needs_no_header(data: bytes) -> None:
    assert unpack(bare(data), "deflate", limit=LIMIT) == data


@pytest.mark.parametrize("coding", ["", "identity"])
def test_what_is_not_packed_stays(coding: str) -> None:
    assert unpack(TEXT, coding, limit=LIMIT) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "made up"])
def test_an_empty_body_is_empty_however_it_would_be_packed(coding: str) -> None:
    assert unpack(b"", coding, limit=LIMIT) == b""


def test_members_of_a_gzip_file_follow_each_other() -> None:
    assert unpack(gzip.compress(TEXT) * 3, "gzip", limit=LIMIT) == TEXT * 3


def test_padding_after_a_gzip_file_is_no_member() -> None:
    assert unpack(gzip.compress(TEXT) + b"\0" * 512, "gzip", limit=LIMIT) == TEXT


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, bare])
def test_up_to_the_limit_everything_comes_out(pack) -> None:
    coding = "gzip" if pack is gzip.compress else "deflate"

    assert len(unpack(pack(b"x" * LIMIT), coding, limit=LIMIT)) == LIMIT
    with pytest.raises(UnpacksTooLarge):
        unpack(pack(b"x" * (LIMIT + 1)), coding, limit=LIMIT)


def test_members_share_one_limit() -> None:
    with pytest.raises(UnpacksTooLarge):
        unpack(gzip.compress(b"x" * (LIMIT // 2 + 1)) * 2, "gzip", limit=LIMIT)


@pytest.mark.parametrize(
    ("coding", "window_bits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)]
)
def test_a_bomb_takes_no_memory(coding: str, window_bits: int) -> None:
    packer = zlib.compressobj(wbits=window_bits)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(50)) + packer.flush()
    tracemalloc.start()

    with pytest.raises(UnpacksTooLarge):
        unpack(bomb, coding, limit=LIMIT)

    assert tracemalloc.get_traced_memory()[1] < 500_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(TEXT)[:-9], "gzip"),
        (gzip.compress(TEXT)[:5], "gzip"),
        (gzip.compress(TEXT)[:-6] + b"\0\0\0\0\0\0", "gzip"),
        (TEXT, "gzip"),
        (gzip.compress(TEXT) + TEXT, "gzip"),
        (gzip.compress(b"") * 1_000, "gzip"),
        (zlib.compress(TEXT)[:-6], "deflate"),
        (TEXT, "deflate"),
        (b"x", "deflate"),
        (TEXT, "br"),
        (gzip.compress(gzip.compress(TEXT)), "gzip, gzip"),
    ],
    ids=itertools.count(),
)
def test_what_cannot_be_unpacked_is_refused(body: bytes, coding: str) -> None:
    with pytest.raises(CannotUnpack):
        unpack(body, coding, limit=LIMIT)


@given(body=st.binary(max_size=200), coding=st.sampled_from(["gzip", "deflate"]))
def test_nothing_else_is_raised(body: bytes, coding: str) -> None:
    with contextlib.suppress(CannotUnpack, UnpacksTooLarge):
        assert len(unpack(body, coding, limit=50)) <= 50
