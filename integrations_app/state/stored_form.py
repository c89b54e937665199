"""The form of a stored connection: filled once, kept up with what others do meanwhile."""

import asyncio
from uuid import UUID

import reflex as rx

from integrations_app import routes, settings
from integrations_app.domain.connection import Connection
from integrations_app.errors import DatabaseUnavailable, IntegrationError, NotFound
from integrations_app.i18n import _
from integrations_app.services import catalogue
from integrations_app.services.changes import audit_log
from integrations_app.services.connections import lookup
from integrations_app.state import setup_form, views, wording
from integrations_app.state.account import Account
from integrations_app.state.client_input import version_of


class StoredForm(Account, setup_form.SetupForm, mixin=True):
    """The form belongs to whoever types; the status is always live."""

    provider: views.ProviderItem = views.ProviderItem()
    status: views.StatusItem = views.StatusItem()
    name: str = ""
    connection_uuid: str = ""
    asked: str = ""
    """The uuid of the address that is shown; the browser may be at another one already."""
    loaded: bool = False
    touched: bool = False
    saved: bool = False
    changed_by: str = ""
    conflict: str = ""
    conflict_version: int = 0
    """The version that a save over the others' changes is meant for."""
    removed_by: str = ""

    _version: int = 0
    _base: int = 0
    """The version that what is typed was meant for: what is stored at a save, or it is refused."""
    _expected: str = ""
    _drawn: int = 0
    """How often the form was emptied on purpose."""

    @rx.var
    def form_key(self) -> str:
        """Another key is another form: what was typed into the old one is gone with it."""
        return f"{self.connection_uuid}/{self._version}.{self._drawn}"

    def _shows(self, subject: str) -> bool:
        return subject == self.form_key

    def _expect(self, uuid: UUID) -> None:
        """The connection was just created: the page opens while its check is under way."""
        self._expected = self.connection_uuid = str(uuid)
        self._clear_feedback()
        # Nothing of the connection that was open here before: its form would stay for this one.
        self.loaded, self.touched, self.saved = False, False, False
        self.name, self.fields, self._version = "", [], 0
        self.changed_by = self.conflict = self.removed_by = ""
        self._begin("check")

    def _open(self, connection: Connection) -> None:
        if self.connection_uuid != str(connection.uuid):
            self._clear_feedback()
            self._begin("")
            self._expected, self.saved = "", False
            self.returned, self.returned_ok = "", False
        self.connection_uuid = str(connection.uuid)
        self.removed_by, self.removing_subject, self.disconnecting_subject = "", "", ""
        self.revealed = []
        self._fill(connection)

    def _fill(self, connection: Connection) -> None:
        """Put what is stored into the form."""
        declared = catalogue.find(connection.provider)
        redirect_uri = settings.load().url + routes.OAUTH_CALLBACK
        if declared is None:
            self.provider = views.ProviderItem(key=connection.provider, title=connection.provider)
            self.fields = []
            self.problem = wording.of_error(IntegrationError())
        else:
            self.provider = views.provider_item(declared, redirect_uri=redirect_uri)
            self.fields = views.field_items(
                declared,
                values=connection.setup_values,
                saved_secrets=connection.saved_secrets,
            )
        self.name, self._version = connection.name, connection.version
        self._base = connection.version
        self.touched, self.changed_by, self.conflict = False, "", ""
        self.revealed = []  # the next secret is typed unseen again
        self._show_live(connection)
        self.loaded = True

    def _show_live(self, connection: Connection) -> None:
        self.status = views.status_item(connection)

    async def _catch_up(self) -> None:
        """Show what others did; what is being typed stays."""
        if not self.connection_uuid or self.removed_by or not self.loaded:
            return
        try:
            connection = await asyncio.to_thread(lookup.by_uuid, self.connection_uuid)
        except NotFound:
            who = await asyncio.to_thread(audit_log.last_actor, self.connection_uuid)
            self.removed_by = who or _("someone")
            return
        except DatabaseUnavailable:
            self._behind = True
            return
        self._show_live(connection)
        if connection.version == self._version or self.busy:
            return
        if self.touched:
            await self._tell_of_change()
        else:
            self._fill(connection)

    async def _go_back_to(self, begun_at: str) -> None:
        """Go back to a version that what is typed was meant for; it is still there."""
        uuid, version = version_of(begun_at)
        if version is None or uuid != self.connection_uuid:
            return
        if version < self._base:
            self._base = version
            await self._tell_of_change()

    async def _tell_of_change(self) -> None:
        try:
            who = await asyncio.to_thread(audit_log.last_actor, self.connection_uuid)
        except DatabaseUnavailable:
            who = None
        self.changed_by = who or _("Someone")
