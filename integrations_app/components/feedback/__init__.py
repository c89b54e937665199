"""Outcomes, problems and questions, where they belong and said once to screen readers."""

from integrations_app.components.feedback.callouts import (
    notice_callout,
    outcome_callout,
    problem_callout,
)

__all__ = ["notice_callout", "outcome_callout", "problem_callout"]
