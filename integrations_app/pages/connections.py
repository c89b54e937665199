"""The three pages of connections, for whichever app shows them."""

from collections.abc import Callable

from integrations_app import routes
from integrations_app.i18n import _
from integrations_app.pages import edit, listing, new
from integrations_app.state.edit import Edit
from integrations_app.state.listing import Listing
from integrations_app.state.new import New
from integrations_app.state.session import AdminState


def add_to(add_page: Callable[..., None]) -> None:
    """Add them.

    Args:
        add_page: Takes what `rx.App.add_page` takes.
    """
    add_page(
        listing.page,
        route=routes.LISTING,
        title=_("Integrations"),
        on_load=[Listing.load, Listing.watch],
    )
    add_page(
        new.page,
        route=routes.NEW,
        title=_("Add Integration"),
        on_load=[New.load, AdminState.watch_session],
    )
    add_page(edit.page, route=routes.EDIT, title=Edit.title, on_load=[Edit.load, Edit.watch])
