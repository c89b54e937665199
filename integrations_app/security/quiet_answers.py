"""Keeping the transport's log free of answers that may repeat the address they were asked at.

httpcore2 logs the headers of every answer at DEBUG. A redirect's Location often repeats the
address, and with it the credential of a provider that wants it there.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

_LOGGERS = ("httpcore2.http11", "httpcore2.http2")
_EVENT = "receive_response_headers.complete"

_unlogged: ContextVar[bool] = ContextVar("answers_unlogged", default=False)


@contextmanager
def answers_unlogged() -> Generator[None]:
    """While this lasts, httpcore2 logs no headers of answers in this thread or task."""
    _add_filters()
    token = _unlogged.set(True)
    try:
        yield
    finally:
        _unlogged.reset(token)


@cache
def _add_filters() -> None:
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_may_be_logged)


def _may_be_logged(record: logging.LogRecord) -> bool:
    return not (_unlogged.get() and _EVENT in record.getMessage())
