"""Where the pages of projects are."""

from collections.abc import Callable

from integrations_app import routes
from integrations_app.features.projects import form_page, listing_page
from integrations_app.features.projects.form_state import ProjectForm
from integrations_app.features.projects.listing_state import ProjectList
from integrations_app.i18n import _


def add_to(add_page: Callable[..., None]) -> None:
    """Add the lists, the form for a new one, and the one of each that is stored.

    Args:
        add_page: Takes what `rx.App.add_page` takes.
    """
    add_page(
        listing_page.page,
        route=routes.PROJECTS,
        title=_("Projects"),
        on_load=[ProjectList.load, ProjectList.watch],
    )
    add_page(
        form_page.new,
        route=routes.PROJECT_NEW,
        title=ProjectForm.title,
        on_load=[ProjectForm.load_new, ProjectForm.watch],
    )
    add_page(
        form_page.edit,
        route=routes.PROJECT_EDIT,
        title=ProjectForm.title,
        on_load=[ProjectForm.load, ProjectForm.watch],
    )
