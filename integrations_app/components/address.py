"""The browser's address, as it knows itself; the server hears of a new address a moment later."""

import json

import reflex as rx
from reflex.vars import BooleanVar, StringVar, VarData

_LOCATION = VarData(
    imports={"react-router": "useLocation"}, hooks={"const location = useLocation();": None}
)


def query_parameter(name: str) -> StringVar[str]:
    """A parameter of the query; empty if it is not there."""
    return _read(f"(new URLSearchParams(location.search).get({name!r}) ?? '')")


def last_part() -> StringVar[str]:
    """Return what stands behind the last slash of the path."""
    return _read("(location.pathname.split('/').filter(Boolean).pop() ?? '')")


def is_within(address: str) -> BooleanVar:
    """Return whether the page is the one of this path, or below it."""
    below = json.dumps(f"{address}/")
    return _var(f"(location.pathname + '/').startsWith({below})", bool).to(bool)


def _read(expression: str) -> StringVar[str]:
    return _var(expression, str).to(str)


def _var(expression: str, kind: type) -> rx.Var:
    return rx.Var(expression, _var_type=kind, _var_data=_LOCATION)
