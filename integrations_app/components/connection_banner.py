"""The banner at the edge of every page while something between it and the data is gone."""

import json

import reflex as rx
from reflex.vars import StringVar, VarData
from reflex_base.constants import Hooks, Imports
from reflex_base.utils.imports import merge_imports
from reflex_components_core.core.banner import has_too_many_connection_errors

from integrations_app import routes
from integrations_app.components.feedback import notice_callout
from integrations_app.components.reactive import flag, text
from integrations_app.components.text import t
from integrations_app.components.theme import CONNECTION_BANNER
from integrations_app.http.reach import REACH
from integrations_app.state.outage import Outage

_LISTEN = """
useEffect(() => {
  const look = () => setIsOffline(!navigator.onLine);
  look();
  window.addEventListener("online", look);
  window.addEventListener("offline", look);
  return () => {
    window.removeEventListener("online", look);
    window.removeEventListener("offline", look);
  };
}, []);
"""
# A server that starts anew answers a moment before it takes websockets: only what is refused twice
# in a row, with an answer each time, is refused for good.
_ASK = f"""
useEffect(() => {{
  let isOld = false;
  const ask = async () => {{
    let told = null;
    if (connectErrors.length >= 2) {{
      try {{
        const answer = await fetch({json.dumps(routes.endpoint(REACH))}, {{ method: "POST" }});
        told = answer.ok ? await answer.json() : null;
      }} catch {{
        // Nobody is there.
      }}
    }}
    if (isOld) return;
    answered.current = told ? answered.current + 1 : 0;
    setExpected(told && !told.accepted ? told.origin : "");
    setIsBlocked(Boolean(told && told.accepted) && answered.current > 1);
  }};
  ask();
  return () => {{
    isOld = true;
  }};
}}, [connectErrors]);
"""
_data = VarData(
    imports=merge_imports(Imports.CONNECT_ERRORS, {"react": ["useEffect", "useRef", "useState"]}),
    hooks={
        Hooks.CONNECT_ERRORS: None,
        "const [isOffline, setIsOffline] = useState(false);": None,
        'const [expected, setExpected] = useState("");': None,
        "const [isBlocked, setIsBlocked] = useState(false);": None,
        "const answered = useRef(0);": None,
        _LISTEN: None,
        _ASK: None,
    },
)
_is_offline = rx.Var("isOffline", _var_type=bool, _var_data=_data)
"""What the browser knows at once; a socket notices only much later that nobody is there."""

_is_blocked = rx.Var("isBlocked", _var_type=bool, _var_data=_data)
"""Whether the server answers, and websockets do not come through to it."""

_expected = rx.Var("expected", _var_type=str, _var_data=_data).to(str)
"""The address that the server accepts pages at, if this one is at another; else empty."""


def connection_banner() -> rx.Component:
    """Words for a lost server or database, and for what keeps a page from either."""
    return rx.box(
        rx.cond(
            has_too_many_connection_errors | flag(_is_offline),
            rx.cond(
                text(_expected) != "",
                _wrong_address(),
                rx.cond(_is_blocked, _blocked(), _lost()),
            ),
            rx.cond(
                Outage.database_away,
                notice_callout(
                    t(
                        "The database cannot be reached. What you see may be out of date, and "
                        "nothing can be saved. What you typed stays here, and this page goes on "
                        "by itself."
                    )
                ),
                rx.cond(
                    Outage.updates_late,
                    notice_callout(
                        t(
                            "What others change shows here only after some seconds, since the "
                            "database is behind a pooler. Whoever runs the server has to set "
                            "INTEGRATIONS_LISTEN_URL."
                        )
                    ),
                ),
            ),
        ),
        class_name=CONNECTION_BANNER,
    )


def _lost() -> rx.Component:
    return notice_callout(
        t(
            "The connection to the server is lost. What you typed stays here, and this page goes "
            "on by itself as soon as the server can be reached."
        )
    )


def _wrong_address() -> rx.Component:
    return notice_callout(
        t(
            "This page was opened at {here}, but the server accepts it only at {expected}. Go "
            "there. If {here} is right, whoever runs the server has to set "
            "INTEGRATIONS_PUBLIC_URL to it.",
            here=_browsers("window.location.origin"),
            expected=_expected,
        ),
        rx.el.a(
            t("Go to {expected}", expected=_expected),
            href=_expected + _browsers("window.location.pathname + window.location.search"),
        ),
    )


def _blocked() -> rx.Component:
    return notice_callout(
        t(
            "The server answers, but something in between, such as a proxy, blocks the live "
            "connection of this page. Whoever runs the server has to let WebSockets through to "
            "{address}.",
            address=_browsers("window.location.origin") + routes.endpoint("/_event"),
        )
    )


def _browsers(expression: str) -> StringVar[str]:
    """An address as the browser knows it; empty while the page is drawn beforehand."""
    return rx.Var(f"(typeof window === 'undefined' ? '' : {expression})", _var_type=str).to(str)
