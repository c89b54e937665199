"""What is leaned on of Reflex that it does not document, in one table."""

from __future__ import annotations

import dataclasses

import pytest
import reflex_base.config
from reflex.app import App, EventNamespace
from reflex.istate import delta
from reflex.istate.manager import redis as reflex_redis
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.istate.proxy import StateProxy
from reflex.middleware.middleware import Middleware
from reflex.state import (
    BaseState,
    FrontendEventExceptionState,
    OnLoadInternalState,
    State,
    StateUpdate,
    UpdateVarsInternalState,
)
from reflex.utils.token_manager import RedisTokenManager, TokenManager
from reflex_base.constants import Hooks, Imports
from reflex_base.environment import EnvironmentVariables
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.registry import RegisteredEventHandler, RegistrationContext
from reflex_components_core.base.bare import Bare
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core import banner

from integrations_app.integrations_app import app
from integrations_app.reflex_adapter import serving_environment
from tests.reflex_adapter.leaning import Leaning

HERE = "reflex_adapter/"
CONFIGURATION = HERE + "configuration.py"
APP = HERE + "app.py"
STATES = HERE + "states.py"
HANDLERS = HERE + "handlers.py"
TABS = HERE + "tab_states.py"
WEBSOCKET = HERE + "websocket.py"
BANNER = "components/connection_banner.py"


def of_reflex(
    of: object, name: str, seen_in: str, parameters: tuple[str, ...] | None = None
) -> Leaning:
    return Leaning(library="Reflex", of=of, name=name, seen_in=seen_in, parameters=parameters)


TABLE = [
    of_reflex(reflex_base.config, "_get_config", CONFIGURATION, ("project_root",)),
    of_reflex(reflex_base.config.Config, "get_event_namespace", CONFIGURATION, ("self",)),
    of_reflex(reflex_base.config.Config, "prepend_backend_path", "embedding/wiring.py", ("path",)),
    of_reflex(App, "_setup_state", APP, ("self",)),
    of_reflex(App, "_state_manager", APP),
    of_reflex(App, "_event_namespace", APP),
    of_reflex(App, "app_wraps", "integrations_app.py"),
    of_reflex(App, "api_transformer", "embedding/wiring.py"),
    of_reflex(App, "backend_exception_handler", "embedding/wiring.py"),
    of_reflex(App, "_middlewares", "embedding/wiring.py"),
    of_reflex(App, "add_middleware", "embedding/wiring.py", ("middleware", "index")),
    of_reflex(App, "register_lifespan_task", "integrations_app.py", ("task",)),
    of_reflex(EventNamespace, "_build_static_router_data", WEBSOCKET, ("sid", "environ")),
    of_reflex(EventNamespace, "trigger_event", WEBSOCKET, ("event",)),
    of_reflex(EventNamespace, "sid_to_token", WEBSOCKET),
    of_reflex(EventContext, "get", STATES, ()),
    of_reflex(EventContext, "txid", STATES),
    of_reflex(EventContext, "router_data", WEBSOCKET),
    of_reflex(EventContext, "emit_delta", STATES, ("delta",)),
    of_reflex(EventContext, "emit_event", STATES, ("events",)),
    of_reflex(BaseState, "_get_root_state", STATES, ("self",)),
    of_reflex(BaseState, "_get_resolved_delta", STATES, ("self",)),
    of_reflex(BaseState, "_clean", STATES, ("self",)),
    of_reflex(BaseState, "get_delta", STATES, ("self",)),
    of_reflex(BaseState, "get_substates", TABS, ()),
    of_reflex(BaseState, "dict", STATES, ("self",)),
    of_reflex(BaseState, "_mixin", HANDLERS),
    of_reflex(StateProxy, "__aenter__", STATES),
    of_reflex(delta, "_resolve_delta", STATES, ("delta",)),
    of_reflex(RegistrationContext, "event_handlers", HANDLERS),
    of_reflex(RegisteredEventHandler, "handler", HANDLERS),
    of_reflex(RegisteredEventHandler, "states", HANDLERS),
    of_reflex(Middleware, "preprocess", HANDLERS, ("app", "state", "event")),
    of_reflex(StateUpdate, "delta", HANDLERS),
    of_reflex(StateUpdate, "events", HANDLERS),
    of_reflex(Event, "from_event_type", HANDLERS, ("events",)),
    of_reflex(StateManagerMemory, "states", TABS),
    of_reflex(StateManagerMemory, "token_expiration", TABS),
    of_reflex(StateManagerMemory, "_states_locks", TABS),
    of_reflex(StateManagerMemory, "_token_expires_at", TABS),
    of_reflex(StateManagerMemory, "_get_or_create_state", TABS, ("token",)),
    of_reflex(StateManagerMemory, "_purge_expired_tokens", TABS, ("self",)),
    of_reflex(StateManagerMemory, "_purge_token", TABS, ("token",)),
    of_reflex(StateManagerMemory, "_track_token", TABS, ("token",)),
    of_reflex(StateManagerRedis, "set_state", TABS, ("token", "state")),
    of_reflex(StateManagerRedis, "redis", TABS),
    of_reflex(StateManagerRedis, "_coerce_token", TABS, ("token",)),
    of_reflex(BaseStateToken, "_state_key", TABS, ("cls",)),
    of_reflex(BaseStateToken, "cache_key", TABS),
    of_reflex(BaseStateToken, "lock_key", TABS),
    of_reflex(BaseStateToken, "ident", TABS),
    of_reflex(TokenManager, "create", APP),
    of_reflex(RedisTokenManager, "link_token_to_sid", APP),
    of_reflex(reflex_redis, "enable_keyspace_notifications", HERE + "redis_client.py", ("redis",)),
    of_reflex(Hooks, "CONNECT_ERRORS", BANNER),
    of_reflex(Imports, "CONNECT_ERRORS", BANNER),
    of_reflex(banner, "has_too_many_connection_errors", BANNER),
    of_reflex(ErrorBoundary, "fallback_render", "components/boundary.py"),
    of_reflex(Bare, "contents", "components/translation.py"),
]


@pytest.mark.parametrize("leaning", TABLE, ids=str)
def test_reflex_still_has(leaning: Leaning) -> None:
    leaning.check()


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (State, "hydrate"),
        (State, "hydrate_and_load"),
        (State, "set_is_hydrated"),
        (OnLoadInternalState, "on_load_internal"),
        (UpdateVarsInternalState, "update_vars_internal"),
        (FrontendEventExceptionState, "handle_frontend_exception"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_reflex_still_has_its_own_handler(state: type[State], name: str) -> None:
    assert name in state.event_handlers, (
        f"Reflex no longer has the handler {name}: see integrations_app/{HANDLERS}"
    )


def test_reflex_adds_no_handlers_of_its_own_that_anybody_may_call() -> None:
    reviewed = {
        "hydrate",
        "hydrate_and_load",
        "set_is_hydrated",
        "on_load_internal",
        "update_vars_internal",
        "handle_frontend_exception",
        "setvar",
    }
    own = (State, OnLoadInternalState, UpdateVarsInternalState, FrontendEventExceptionState)

    found = {name for state in own for name in state.event_handlers}

    assert found <= reviewed, (
        f"Reflex now has {sorted(found - reviewed)}, too; say in integrations_app/{HANDLERS} "
        "whether a page loads without"
    )


def test_reflex_still_wraps_apps_at_these_places() -> None:
    [field] = [each for each in dataclasses.fields(App) if each.name == "app_wraps"]

    missing = {(5, "Overlay"), (55, "ErrorBoundary")} - field.default_factory().keys()

    assert not missing, f"Reflex no longer wraps apps at {missing}: see integrations_app.py"


def test_reflex_still_takes_the_namespace_by_its_own_token_manager() -> None:
    namespace = app.event_namespace

    assert namespace is not None
    assert hasattr(namespace._token_manager, "token_to_socket"), (
        f"Reflex no longer notes which tabs are open: see integrations_app/{APP}"
    )


@pytest.mark.parametrize("name", serving_environment.VARIABLES)
def test_reflex_still_reads_the_variable(name: str) -> None:
    known = vars(EnvironmentVariables).get(name.strip("_"))
    of_configuration = name.removeprefix("REFLEX_").lower()

    is_read = known is not None and known.internal == name.startswith("__")
    assert is_read or hasattr(reflex_base.config.Config, of_configuration), (
        f"Reflex no longer reads {name}: see integrations_app/{HERE}serving_environment.py"
    )
