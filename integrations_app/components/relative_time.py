"""Times as people say them."""

import json

import reflex as rx

from integrations_app.components.reactive import Text
from integrations_app.i18n import _

_EVERY_MS = 15_000


def ago(at: Text) -> rx.Component:
    """Return how long ago, in words that stay true while the page is open.

    Args:
        at: ISO 8601 with its offset.
    """
    return rx.moment(at, from_now=True, interval=_EVERY_MS, title=at)


def ahead(at: Text) -> rx.Component:
    """Return how long until then, in words that stay true while the page is open.

    Args:
        at: ISO 8601 with its offset.
    """
    passed = f"({{datetime}}) => datetime.isAfter() ? undefined : {json.dumps(_('any moment'))}"
    return rx.moment(at, from_now=True, interval=_EVERY_MS, title=at, renderers=[rx.Var(passed)])
