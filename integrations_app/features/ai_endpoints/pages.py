"""Where the pages of AI endpoints are."""

from collections.abc import Callable

from integrations_app import routes
from integrations_app.features.ai_endpoints import form_page, listing_page
from integrations_app.features.ai_endpoints.form_state import EndpointForm
from integrations_app.features.ai_endpoints.listing_state import EndpointList
from integrations_app.i18n import _


def add_to(add_page: Callable[..., None]) -> None:
    """Add the list, the form for another endpoint, and the one of each that is stored.

    Args:
        add_page: Takes what `rx.App.add_page` takes.
    """
    add_page(
        listing_page.page,
        route=routes.AI_ENDPOINTS,
        title=_("AI endpoints"),
        on_load=[EndpointList.load, EndpointList.watch],
    )
    add_page(
        form_page.new,
        route=routes.AI_ENDPOINT_NEW,
        title=_("Add Endpoint"),
        on_load=[EndpointForm.load_new, EndpointForm.watch],
    )
    add_page(
        form_page.edit,
        route=routes.AI_ENDPOINT_EDIT,
        title=EndpointForm.title,
        on_load=[EndpointForm.load, EndpointForm.watch],
    )
