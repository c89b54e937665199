"""Replies to prompts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations_app.domain.check import CheckReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A model's answer, or the reason for which there is none.

    Attributes:
        text: The answer's text, shortened if it is long.
        shortened: Whether the model said more.
        reason: Why there is no answer; None exactly if there is one.
        details: Facts of the refusal, see `CheckResult.details`.
        told: What the provider itself said of it; empty if nothing that may be shown.
    """

    text: str = ""
    shortened: bool = False
    reason: CheckReason | None = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    told: str = ""
