"""Projects as a feature of the app: the lists, and the form."""

from integrations_app import routes
from integrations_app.components.text import t
from integrations_app.feature import Destination, Feature, FeaturePage
from integrations_app.features.projects import form_page, listing_page
from integrations_app.features.projects.form_state import ProjectForm
from integrations_app.features.projects.listing_state import ProjectList
from integrations_app.features.projects.project import KEY
from integrations_app.i18n import _


def feature() -> Feature:
    """Return the lists, the form for a new project, and the one of each that is stored."""
    return Feature(
        key=KEY,
        pages=(
            FeaturePage(
                route=routes.PROJECTS,
                title=_("Projects"),
                page=listing_page.page,
                on_load=[ProjectList.load, ProjectList.watch],
            ),
            FeaturePage(
                route=routes.PROJECT_NEW,
                title=ProjectForm.title,
                page=form_page.new,
                on_load=[ProjectForm.load_new, ProjectForm.watch],
            ),
            FeaturePage(
                route=routes.PROJECT_EDIT,
                title=ProjectForm.title,
                page=form_page.edit,
                on_load=[ProjectForm.load, ProjectForm.watch],
            ),
        ),
        navigation=(Destination(label=t("Projects"), address=routes.PROJECTS),),
    )
