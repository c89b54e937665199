"""Keeping what other people's programs log of a request out of our log.

Reflex and its socket library log whole events that they cannot handle: what was typed, and the
cookie of whoever typed it.
"""

import logging

_TALKATIVE = ("reflex", "reflex_base", "socketio", "engineio")


def quieted(record: logging.LogRecord) -> bool:
    """A filter for handlers: leaves only where a failure of theirs happened, and of what kind."""
    if record.name.split(".", 1)[0] in _TALKATIVE and record.levelno >= logging.WARNING:
        record.msg = f"{_kind(record)} in {record.module}.{record.funcName}"
        record.args, record.exc_info, record.exc_text, record.stack_info = (), None, None, None
    return True


def _kind(record: logging.LogRecord) -> str:
    kind = record.exc_info[0] if record.exc_info else None
    return kind.__name__ if kind else "A failure"
