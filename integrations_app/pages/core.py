"""The features that the app always has: connections, modules, and the way in."""

import reflex as rx

from integrations_app import routes
from integrations_app.components.text import t
from integrations_app.feature import OPERATE, Destination, Feature, FeaturePage
from integrations_app.i18n import _
from integrations_app.pages import edit, listing, login, missing, modules, new, setup
from integrations_app.state.edit import Edit
from integrations_app.state.listing import Listing
from integrations_app.state.login import Login
from integrations_app.state.modules import Modules
from integrations_app.state.new import New
from integrations_app.state.session import AdminState


def connections() -> Feature:
    """Return the list of connections and its forms, at home in every app."""
    return Feature(
        key="connections",
        pages=(
            FeaturePage(
                route=routes.LISTING,
                title=_("Integrations"),
                page=listing.page,
                on_load=[Listing.load, Listing.watch],
            ),
            FeaturePage(
                route=routes.NEW,
                title=_("Add Integration"),
                page=new.page,
                on_load=[New.load, AdminState.watch_session],
            ),
            FeaturePage(
                route=routes.EDIT, title=Edit.title, page=edit.page, on_load=[Edit.load, Edit.watch]
            ),
        ),
        navigation=(Destination(label=t("Connections"), address=routes.LISTING),),
    )


def module_runs() -> Feature:
    """Return the page of modules and of how their old data was migrated."""
    return Feature(
        key="modules",
        pages=(
            FeaturePage(
                route=routes.MODULES,
                title=_("Modules"),
                page=modules.page,
                on_load=[Modules.load, Modules.watch],
            ),
        ),
        navigation=(Destination(label=t("Modules"), address=routes.MODULES, group=OPERATE),),
    )


def way_in() -> Feature:
    """Return sign-in, the first admin's account, the root, and what is shown where nothing is."""
    return Feature(
        key="way_in",
        pages=(
            FeaturePage(
                route=routes.LOGIN, title=_("Sign in"), page=login.page, on_load=Login.enter
            ),
            FeaturePage(
                route=routes.SETUP,
                title=_("Create the first admin"),
                page=setup.page,
                on_load=Login.enter,
            ),
            FeaturePage(route="404", title=_("Not found"), page=missing.page),
            FeaturePage(
                route="/",
                title=_("Integrations"),
                page=missing.home,
                on_load=rx.redirect(routes.LISTING),
            ),
        ),
    )
