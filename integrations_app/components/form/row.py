"""The form of a module's row: fields, what others did meanwhile, buttons, outcome."""

import reflex as rx

from integrations_app.components.feedback import notice_callout
from integrations_app.components.feedback.conflict_notice import changed_notice, conflict_notice
from integrations_app.components.form.actions import actions
from integrations_app.components.form.attributes import FORM_BEGUN_AT, FORM_VALUES
from integrations_app.components.form.frame import setup_form
from integrations_app.components.form.sections import danger_zone, dangerous, remove_button
from integrations_app.components.reactive import OnEvent, Text, flag, text
from integrations_app.components.seen import seen
from integrations_app.components.text import t
from integrations_app.state.row_form import RowForm


def row_form(
    state: type[RowForm], *fields: rx.Component, create: Text, cancel: Text, changed: Text
) -> rx.Component:
    """The form in its card.

    Args:
        state: Whose form it is.
        fields: The controls; each tells of typing by `touch`.
        create: The button's word where the row is not stored yet.
        cancel: Address to go to without saving.
        changed: Says that somebody changed the row meanwhile.
    """
    shown = seen(state.form_key)
    return rx.card(
        setup_form(
            rx.cond(
                state.changed_meanwhile,
                changed_notice(changed, on_load=state.load_theirs(shown)),
            ),
            *fields,
            rx.cond(
                state.conflict,
                conflict_notice(
                    state.conflict,
                    on_load=state.load_theirs(shown),
                    on_click=state.save_over(FORM_VALUES, shown, state.conflict_version),
                ),
            ),
            actions(
                rx.cond(state.row_uuid, t("Save Changes"), text(create)),
                cancel=cancel,
                loading=state.busy,
                disabled=flag(state.busy) | flag(state.removed_meanwhile),
                problem=state.problem,
                outcome=rx.cond(state.saved, t("Saved"), ""),
                outcome_ok=True,
            ),
            identity=state.form_key,
            on_submit=lambda form: state.save(form, shown),
        ),
        size="3",
    )


def touch(state: type[RowForm]) -> OnEvent:
    """Tell the server of typing until it knows; not throttled, as that could drop the only one."""
    is_known = flag(state.touched) & (state.form_key == FORM_BEGUN_AT)
    return rx.cond(is_known, rx.noop(), state.touch(FORM_BEGUN_AT))


def removed_notice(state: type[RowForm], sentence: Text, *, address: Text) -> rx.Component:
    """Says that somebody removed the row meanwhile; nothing while it is there.

    Args:
        state: Whose form it is.
        sentence: What happened.
        address: Of the list.
    """
    return rx.cond(
        state.removed_meanwhile,
        notice_callout(sentence, rx.link(t("Back to the list"), href=address, size="2")),
    )


def row_danger_zone(
    state: type[RowForm], title: Text, sentence: Text, *, on_remove: OnEvent
) -> rx.Component:
    """The removal of the row, folded away.

    Args:
        state: Whose form it is.
        title: What would be removed.
        sentence: What that would mean.
        on_remove: Asks first.
    """
    return danger_zone(
        "",
        dangerous(
            title, sentence, remove_button(on_click=on_remove, disabled=state.removed_meanwhile)
        ),
    )
