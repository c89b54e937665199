"""Actions on AI endpoints, as the audit log knows them."""

from integrations_app.domain.action import Action

_ENDPOINT = "ai_endpoint"

ADDED = Action(key="endpoint_added", subject=_ENDPOINT)
CHANGED = Action(key="endpoint_changed", subject=_ENDPOINT)
REMOVED = Action(key="endpoint_removed", subject=_ENDPOINT)
KEY_STORED = Action(key="endpoint_key_stored", subject=_ENDPOINT)
KEY_SHOWN = Action(key="endpoint_key_shown", subject=_ENDPOINT)
KEY_DELETED = Action(key="endpoint_key_deleted", subject=_ENDPOINT)

ALL = (ADDED, CHANGED, REMOVED, KEY_STORED, KEY_SHOWN, KEY_DELETED)
