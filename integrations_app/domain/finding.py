"""Findings of an examination of an installation."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Severity of a finding."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of an examination.

    Attributes:
        subject: What was examined: a stable key such as `database.revision`.
        level: Whether anything has to be done.
        message: What was found, in one line and without a secret.
        remedy: What to do about it; empty where all is well.
    """

    subject: str
    level: Level
    message: str
    remedy: str = ""


def ok(subject: str, message: str) -> Finding:
    """Return a finding of something that is as it should be."""
    return Finding(subject=subject, level=Level.OK, message=message)


def warning(subject: str, message: str, remedy: str) -> Finding:
    """Return a finding of something that works and may not for long, or not well."""
    return Finding(subject=subject, level=Level.WARNING, message=message, remedy=remedy)


def problem(subject: str, message: str, remedy: str) -> Finding:
    """Return a finding of something that does not work."""
    return Finding(subject=subject, level=Level.PROBLEM, message=message, remedy=remedy)
