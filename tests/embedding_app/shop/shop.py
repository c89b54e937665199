"""The shop: a Reflex app of its own, to which `rxconfig.py` adds the pages of integrations."""

import reflex as rx
from starlette.applications import Starlette

from shop import accounts, calling, choosing, pages, storage
from shop.choosing import Choosing


def told(exception: Exception) -> rx.event.EventSpec:
    """The shop's own words for its own failures."""
    return rx.toast.error(f"The shop stumbled: {exception}")


rx.ModelRegistry.register(storage.sessions)  # and with it, whatever shares its metadata

app = rx.App(
    api_transformer=Starlette(routes=[*accounts.ROUTES, *calling.ROUTES]),
    backend_exception_handler=told,
)
app.add_page(pages.home, route="/", title="The shop")
app.add_page(
    choosing.page,
    route="/uses",
    title="What the shop uses",
    on_load=[Choosing.load, Choosing.watch_choices],
)
app.add_page(pages.sign_in, route="/sign-in", title="Sign in")
