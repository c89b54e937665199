"""Projects as a module of the app; they use no connections yet."""

from integrations_app.features.projects import actions
from integrations_app.features.projects.project import KEY
from integrations_app.i18n import _
from integrations_app.modules import Module


class Projects(Module):
    """Projects and templates."""

    key = KEY
    title = _("Projects")
    actions = actions.ALL
