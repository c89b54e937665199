"""Pages that a browser may translate while they go on repainting.

A translation puts other elements in the place of texts. React goes on repainting the texts that it
made and that are not on the page any more: what stands there grows old, and once a text is to go,
or something is to come before it, the whole page fails. So each text stands in an element of its
own, which nobody replaces, and which another text replaces as a whole.
"""

import reflex as rx
from reflex.components.component import BaseComponent, Component
from reflex.vars import NumberVar, StringVar
from reflex_base.vars.base import LiteralVar
from reflex_components_core.base.bare import Bare
from reflex_components_core.core.foreach import Foreach
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_radix.themes.base import RadixThemesComponent

_TEXT_ONLY = frozenset({"option", "script", "style", "textarea", "title", "Moment"})
"""What takes text as text alone; for a moment it is a date to read."""


def untranslated() -> dict[str, str]:
    """Attributes of what is no language: names, accounts, addresses, codes."""
    return {"translate": "no"}


def steady(component: Component, *, in_loop: bool = False) -> Component:
    """Put each text of a component and of all below it into an element of its own.

    Args:
        component: Changed as it is; before it is compiled.
        in_loop: Whether it is drawn by `rx.foreach`, as a part of what is around it.
    """
    in_loop = in_loop or isinstance(component, Foreach)
    if _is_left_alone(component):
        return component
    is_sole = _is_element(component) and len(component.children) == 1
    component.children = [
        _steady_child(child, at, is_sole=is_sole, in_loop=in_loop)
        for at, child in enumerate(component.children)
    ]
    return component


def _steady_child(child: BaseComponent, at: int, *, is_sole: bool, in_loop: bool) -> BaseComponent:
    if not isinstance(child, Bare):
        return steady(child, in_loop=in_loop) if isinstance(child, Component) else child
    contents = child.contents
    if not isinstance(contents, (StringVar, NumberVar)) or str(contents) == '""':
        return child
    is_fixed = isinstance(contents, LiteralVar)
    if is_sole and (is_fixed or in_loop):  # React writes it into the element as a whole
        return child
    if is_fixed:
        return rx.el.span(child)
    # Neighbours may have the same text; keys have to differ.
    return rx.el.span(child, key=rx.Var.create(f"{at}:").to(str) + contents.to(str))


def _is_element(component: Component) -> bool:
    """Return whether it is one element, and never does anything to its children."""
    return isinstance(component, BaseHTML) and not isinstance(component, RadixThemesComponent)


def _is_left_alone(component: Component) -> bool:
    """Return whether browsers do not translate it, or it holds nothing but text."""
    return component.tag in _TEXT_ONLY or "translate" in component.custom_attrs
