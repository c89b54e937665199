"""The pages as another app shows them."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from integrations_app import feature, routes
from integrations_app.components import copying
from integrations_app.components.boundary import whole
from integrations_app.components.connection_banner import connection_banner
from integrations_app.components.translation import steady
from integrations_app.embedding.files import SCOPE
from integrations_app.features.discovery import installed_features
from integrations_app.pages import core

_SCRIPTS = (
    *("forms.js", "drafts.js", "leaving.js", "focus.js", "lists.js", "post-forms.js"),
    copying.SCRIPT,
)

AddPage = Callable[..., None]
Layout = Callable[[rx.Component], rx.Component]


def add_to(add_page: AddPage, *, layout: Layout | None = None) -> None:
    """Add the pages for connections, and those of installed features that are meant for hosts.

    Args:
        add_page: Takes what `rx.App.add_page` takes.
        layout: Puts what all of the app's pages have around one.
    """
    surround = layout or _alone

    def add(page: Callable[[], rx.Component], **options: Any) -> None:
        framed = whole(page)
        add_page(lambda: surround(_among_others(framed())), **options)

    more = [each for each in installed_features() if each.in_hosts]
    features = (core.connections(), *more)
    feature.use(features)
    for page in (page for each in features for page in each.pages):
        add(page.page, route=page.route, title=page.title, on_load=page.on_load)


def _alone(page: rx.Component) -> rx.Component:
    return page


def _among_others(page: rx.Component) -> rx.Component:
    """A page with what our own app puts around all of its pages."""
    return rx.box(
        *(rx.el.script(src=routes.asset(name), async_=True) for name in _SCRIPTS),
        page,
        steady(connection_banner()),
        class_name=SCOPE,
    )
