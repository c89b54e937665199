"""The door by which pages enter the app: a feature declares what it adds, in one value.

The pages of connections, modules and sign-in are declared like those of `features/`, and like the
ones that other packages bring through the entry point group `integrations_app.features`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import reflex as rx
    from starlette.routing import Route

OPERATE = "operate"
"""The group of the navigation for whoever runs the app; without a group a page is everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturePage:
    """A page and its address.

    Attributes:
        route: Path, perhaps with a part in brackets, such as `/admin/projects/[uuid]`.
        title: Of the browser's tab: a text, or a Var of the page's state.
        page: Return the page, drawn once at each build.
        on_load: Handlers that are called when somebody comes to the page.
    """

    route: str
    title: "str | rx.Var[str]"
    page: "Callable[[], rx.Component]"
    on_load: Any = None

    @property
    def has_fixed_address(self) -> bool:
        """Return whether the page has one address and no more."""
        return self.route.startswith("/") and "[" not in self.route


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A link of the navigation.

    Attributes:
        label: Words of the link.
        address: Path of the page, which stays current for all pages below it.
        group: `OPERATE`, or empty.
    """

    label: "str | rx.Var[str]"
    address: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A part of the app with pages of its own.

    What it stores and how it uses connections is its `Module`'s to tell, which programs without
    pages load, too; its handlers are guarded like all others if its states derive from
    `integrations_app.state.session.AdminState`.

    Attributes:
        key: Stable identifier; the key of its module, if it has one.
        pages: Its pages.
        navigation: Links to them.
        http_routes: Endpoints beside them; each guards itself (`http.post_endpoints.post`).
        scripts: Names of files in `assets/` that its pages need.
        in_hosts: Whether other apps that embed the pages for connections get these, too; their
            routes then begin with `routes.LISTING`.
    """

    key: str
    pages: Sequence[FeaturePage]
    navigation: Sequence[Destination] = ()
    http_routes: "Sequence[Route]" = ()
    scripts: Sequence[str] = ()
    in_hosts: bool = False


_features: tuple[Feature, ...] = ()


def use(features: Sequence[Feature]) -> None:
    """Let pages be drawn for an app that has these features, before any is.

    Raises:
        ValueError: Two of them have one key, or pages at one address.
    """
    global _features  # noqa: PLW0603 - one app in a process
    _refuse_twice("features are called", [feature.key for feature in features])
    _refuse_twice("pages are at", [page.route for feature in features for page in feature.pages])
    _features = tuple(features)


def destinations(group: str = "") -> Iterator[Destination]:
    """Yield the links of the navigation's group, in the order of the features."""
    for feature in _features:
        yield from (link for link in feature.navigation if link.group == group)


def _refuse_twice(what: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"Two {what} {twice[0]!r}.")
