"""The picker of connections, for the pages of any Reflex app."""

from integrations_app.components.picker.component import choices_of, integration_picker

__all__ = ["choices_of", "integration_picker"]
