"""The second step of an OAuth2 connection: whose account it is, and the way to another one."""

import reflex as rx

from integrations_app.components.copying import copyable
from integrations_app.components.feedback import notice_callout, outcome_callout
from integrations_app.components.form.attributes import posts_form
from integrations_app.components.reactive import Flag, Text, flag, items
from integrations_app.components.seen import seen
from integrations_app.components.text import sentence, t
from integrations_app.components.translation import untranslated
from integrations_app.state.edit import Edit
from integrations_app.state.views import ProviderItem


def account_step(state: type[Edit], *, disabled: Flag) -> rx.Component:
    """Step 2: connect an account, see whose it is, connect another one.

    Args:
        state: The page's state.
        disabled: Nothing can be done now.
    """
    return rx.card(
        rx.flex(
            step_heading(
                t("Step 2"),
                t("Sign in at {provider} and grant access.", provider=state.provider.title),
            ),
            rx.cond(flag(state.status.has_account), _connected(state)),
            rx.cond(state.new_account, _other_account(state)),
            _connect(state, disabled=disabled),
            outcome_callout(state.returned, ok=state.returned_ok),
            direction="column",
            spacing="4",
        ),
        size="3",
        width="100%",
        id="account",
        custom_attrs={"tabIndex": -1},
    )


def step_heading(title: Text, text: Text) -> rx.Component:
    """One of several steps, and what it is about."""
    return rx.flex(
        rx.heading(title, as_="h3", size="3"),
        rx.text(text, size="2", color_scheme="gray"),
        direction="column",
        spacing="1",
    )


def redirect_address(provider: ProviderItem) -> rx.Component:
    """The one address that has to be registered at the provider."""
    return rx.flex(
        rx.text(
            t("Redirect address to register at {provider}", provider=provider.title),
            size="2",
            weight="medium",
        ),
        copyable(provider.redirect_uri, label=t("the redirect address")),
        direction="column",
        spacing="1",
    )


def _connected(state: type[Edit]) -> rx.Component:
    return rx.flex(
        rx.cond(
            state.status.account,
            rx.text(
                sentence("Connected as {account}", account=state.status.account),
                size="2",
                weight="medium",
                style={"overflow_wrap": "anywhere"},
            ),
            rx.text(
                t(
                    "An account is connected; {provider} does not say whose.",
                    provider=state.provider.title,
                ),
                size="2",
                weight="medium",
            ),
        ),
        rx.cond(items(state.status.scopes).length() > 0, _scopes(state)),
        direction="column",
        spacing="2",
    )


def _scopes(state: type[Edit]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.text(t("What it may do"), as_="span", size="2", color_scheme="gray")),
        rx.el.ul(
            rx.foreach(
                state.status.scopes,
                lambda scope: rx.el.li(
                    rx.text(scope, size="1", color_scheme="gray", custom_attrs=untranslated()),
                    style={"overflow_wrap": "anywhere"},
                ),
            ),
            style={"padding_left": "var(--space-5)", "margin": "var(--space-2) 0 0"},
        ),
    )


def _other_account(state: type[Edit]) -> rx.Component:
    return notice_callout(
        t(
            "You signed in as {other}, but this connection belongs to {account}. Whoever uses it "
            "would act as {other} from then on.",
            other=state.new_account,
            account=state.status.account,
        ),
        rx.flex(
            rx.button(
                t("Use {other}", other=state.new_account),
                type="button",
                size="1",
                color_scheme="red",
                variant="surface",
                on_click=state.take_account(seen(state.form_key), state.new_account_id),
            ),
            rx.button(
                t("Keep {account}", account=state.status.account),
                type="button",
                size="1",
                variant="surface",
                color_scheme="gray",
                high_contrast=True,
                on_click=state.keep_account(seen(state.form_key), state.new_account_id),
            ),
            spacing="3",
            wrap="wrap",
        ),
    )


def _connect(state: type[Edit], *, disabled: Flag) -> rx.Component:
    return rx.button(
        rx.cond(
            flag(state.status.has_account),
            t("Reconnect"),
            t("Connect {provider} Account", provider=state.provider.title),
        ),
        type="button",
        variant=rx.cond(flag(state.status.has_account), "soft", "solid"),
        align_self="start",
        loading=state.busy == "connect",
        disabled=disabled,
        custom_attrs=posts_form("connect"),
    )
