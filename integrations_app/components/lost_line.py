"""What stands at the edge of every page while something between it and the data is gone."""

import reflex as rx
from reflex.vars import VarData
from reflex_components_core.core.banner import has_too_many_connection_errors

from integrations_app.components.feedback import notice_callout
from integrations_app.components.reactive import flag
from integrations_app.components.text import t
from integrations_app.components.theme import LOST_LINE
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
_is_offline = rx.Var(
    "isOffline",
    _var_type=bool,
    _var_data=VarData(
        imports={"react": ["useEffect", "useState"]},
        hooks={"const [isOffline, setIsOffline] = useState(false);": None, _LISTEN: None},
    ),
)
"""What the browser knows at once; a socket notices only much later that nobody is there."""


def lost_line() -> rx.Component:
    """Words for a lost server or database; both are found again without anyone's help."""
    return rx.box(
        rx.cond(
            has_too_many_connection_errors | flag(_is_offline),
            notice_callout(
                t(
                    "The connection to the server is lost. What you typed stays here, and this "
                    "page goes on by itself as soon as the server can be reached."
                )
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
            ),
        ),
        class_name=LOST_LINE,
    )
