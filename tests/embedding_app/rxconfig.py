"""What Reflex is told about the shop."""

import os

import reflex as rx

from integrations_app.embedding import IntegrationsPlugin
from integrations_app.reflex_adapter import page_addresses


class AnyAddress(rx.plugins.Plugin):
    """One build for whichever port a test serves it on."""

    def post_build(self, **context):
        page_addresses.free_addresses(context["static_dir"])


config = rx.Config(
    app_name="shop",
    db_url=os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1),
    frontend_path=os.environ.get("SHOP_PATH", ""),
    backend_path=os.environ.get("SHOP_PATH", ""),
    telemetry_enabled=False,
    show_built_with_reflex=False,
    state_manager_mode="memory",
    plugins=[
        rx.plugins.RadixThemesPlugin(theme=rx.theme(accent_color="tomato")),
        IntegrationsPlugin(
            prefix="/settings/integrations",
            identify="shop.accounts:signed_in_admin",
            sign_in_url="/sign-in",
            sign_out_url="/api/shop/sign-out",
            layout="shop.frame:layout",
            health=True,
            long_polling=True,
        ),
        AnyAddress(),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
