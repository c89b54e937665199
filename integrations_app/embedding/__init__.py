"""The admin pages inside another Reflex app, with that app's own sign-in.

In the app's `rxconfig.py`:

    from integrations_app.embedding import IntegrationsPlugin

    config = rx.Config(
        app_name="shop",
        plugins=[
            rx.plugins.RadixThemesPlugin(),
            IntegrationsPlugin(
                prefix="/settings/integrations",
                identify="shop.accounts:signed_in_admin",
                sign_in_url="/sign-in",
            ),
        ],
    )

In `shop/accounts.py`, a function of the headers that a browser sends:

    def signed_in_admin(headers: Mapping[str, str]) -> HostAdmin | None: ...

Where it signs people out, it calls `session_ended()`, so that open pages go dark at once; else
they ask every few seconds.
"""

from integrations_app import extras

extras.require("web")  # says what is missing, before something that is missing does

from integrations_app.domain.admin import HostAdmin
from integrations_app.embedding.plugin import IntegrationsPlugin
from integrations_app.embedding.tables import exclude_our_tables, hosts_own
from integrations_app.services.identity.host_sessions import announce_end as session_ended

__all__ = [
    "HostAdmin",
    "IntegrationsPlugin",
    "exclude_our_tables",
    "hosts_own",
    "session_ended",
]
