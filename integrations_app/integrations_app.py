"""The web app: pages, HTTP routes, the guard before all of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import reflex as rx

from integrations_app import routes, settings
from integrations_app.components.lost_line import lost_line
from integrations_app.components.theme import STYLESHEETS
from integrations_app.http import transformers
from integrations_app.i18n import _
from integrations_app.pages import edit, listing, login, missing, modules, new, setup
from integrations_app.services import metrics
from integrations_app.services.scheduler import Scheduler
from integrations_app.state.edit import Edit
from integrations_app.state.gate import Gate
from integrations_app.state.guard import Guard, answer
from integrations_app.state.listing import Listing
from integrations_app.state.login import Login
from integrations_app.state.modules import Modules
from integrations_app.state.new import New
from integrations_app.state.session import AdminState
from integrations_app.state.shared import App

gate = Gate()
app = App(
    stylesheets=STYLESHEETS,
    head_components=[
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.script(src="/forms.js", defer=True),
        rx.el.meta(name="referrer", content="no-referrer"),
    ],
    api_transformer=[*transformers(), gate],
    backend_exception_handler=answer,
)
# The whole app becomes a further child of what is given here.
app.app_wraps[5, "Overlay"] = lambda _stateful: rx.fragment(lost_line())
app.add_middleware(Guard(), index=0)


@app.register_lifespan_task
@asynccontextmanager
async def figures() -> AsyncIterator[None]:
    """What this worker does is counted, if the operator wants to know."""
    with metrics.collected():
        yield


@app.register_lifespan_task
@asynccontextmanager
async def scheduled_work() -> AsyncIterator[None]:
    """Checks and renewals for as long as this worker serves; importing the app starts none."""
    scheduler = Scheduler()
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()
        await asyncio.to_thread(scheduler.wait)


@app.register_lifespan_task
@asynccontextmanager
async def shared_state() -> AsyncIterator[None]:
    """Pages are served only while the state that they share with other workers can be had."""
    redis_url = settings.load().redis_url
    async with gate.following(redis_url) if redis_url else nullcontext():
        yield


app.add_page(
    listing.page,
    route=routes.LISTING,
    title=_("Integrations"),
    on_load=[Listing.load, Listing.watch],
)
app.add_page(
    new.page,
    route=routes.NEW,
    title=_("Add Integration"),
    on_load=[New.load, AdminState.watch_session],
)
app.add_page(edit.page, route=routes.EDIT, title=Edit.title, on_load=[Edit.load, Edit.watch])
app.add_page(
    modules.page,
    route=routes.MODULES,
    title=_("Modules"),
    on_load=[Modules.load, Modules.watch],
)
app.add_page(login.page, route=routes.LOGIN, title=_("Sign in"), on_load=Login.enter)
app.add_page(setup.page, route=routes.SETUP, title=_("Create the first admin"), on_load=Login.enter)
app.add_page(missing.page, route="404", title=_("Not found"))
app.add_page(missing.home, route="/", title=_("Integrations"), on_load=rx.redirect(routes.LISTING))
