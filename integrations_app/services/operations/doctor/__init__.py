"""An examination of an installation: what works, what does not, and what to do about it.

Nothing is changed: no database is made or migrated, no key registered, no credential sent.
"""

from collections.abc import Callable, Iterator

from integrations_app import settings
from integrations_app.domain.finding import Finding, problem
from integrations_app.errors import InvalidSetting
from integrations_app.services.operations.doctor import database, keys, outside, web
from integrations_app.settings import Settings

Examination = Callable[[Settings], Iterator[Finding]]

EXAMINATIONS: tuple[Examination, ...] = (
    database.examine,
    keys.examine,
    web.examine_address,
    web.examine_redis,
    web.examine_connections_of_pages,
    web.examine_disk,
    outside.examine_certificates,
    outside.examine_proxy,
    outside.examine_providers,
)
"""In the order in which their findings are told."""


def examine() -> Iterator[Finding]:
    """Examine everything, one finding after the other as they are made."""
    try:
        configured = settings.load()
    except InvalidSetting as error:
        yield problem("settings", str(error), "Correct the variable; nothing else was examined.")
        return
    for examination in EXAMINATIONS:
        yield from examination(configured)
