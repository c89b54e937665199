"""Where the browser is, as it knows itself; the server hears of a new address a moment later."""

import reflex as rx
from reflex.vars import StringVar, VarData

_LOCATION = VarData(
    imports={"react-router": "useLocation"}, hooks={"const location = useLocation();": None}
)


def query_parameter(name: str) -> StringVar[str]:
    """A parameter of the query; empty if it is not there."""
    return _read(f"(new URLSearchParams(location.search).get({name!r}) ?? '')")


def last_part() -> StringVar[str]:
    """What stands behind the last slash of the path."""
    return _read("(location.pathname.split('/').filter(Boolean).pop() ?? '')")


def _read(expression: str) -> StringVar[str]:
    return rx.Var(expression, _var_type=str, _var_data=_LOCATION).to(str)
