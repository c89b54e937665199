"""Actions on projects and templates, as the audit log knows them."""

from integrations_app.domain.action import Action

_PROJECT, _TEMPLATE = "project", "template"

ADDED = Action(key="project_added", subject=_PROJECT)
CHANGED = Action(key="project_changed", subject=_PROJECT)
REMOVED = Action(key="project_removed", subject=_PROJECT)
TEMPLATE_ADDED = Action(key="template_added", subject=_TEMPLATE)
TEMPLATE_CHANGED = Action(key="template_changed", subject=_TEMPLATE)
TEMPLATE_REMOVED = Action(key="template_removed", subject=_TEMPLATE)

ALL = (ADDED, CHANGED, REMOVED, TEMPLATE_ADDED, TEMPLATE_CHANGED, TEMPLATE_REMOVED)

_OF_TEMPLATES = {ADDED: TEMPLATE_ADDED, CHANGED: TEMPLATE_CHANGED, REMOVED: TEMPLATE_REMOVED}


def on(action: Action, *, is_template: bool) -> Action:
    """Return an action on projects as it is called for what it is done to."""
    return _OF_TEMPLATES[action] if is_template else action
