"""Endpoints of the forms that carry secrets: guarded POSTs, which no queue of events delays.

An event would wait in the browser while the line to the server is cut, and be carried out when the
person is looking at something else; and a host app may record the arguments of events. A POST is
sent at once or fails at once, and carries what the person saw: connection, provider and version.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations_app import routes, settings
from integrations_app.domain.actor import Actor
from integrations_app.domain.admin import AdminSession
from integrations_app.domain.check import CheckResult
from integrations_app.domain.connection import Connection
from integrations_app.domain.provider import Provider
from integrations_app.domain.references import parse_name
from integrations_app.errors import Conflict, IntegrationError, NotSignedIn, UnknownProvider
from integrations_app.http import authentication, bodies, error_messages
from integrations_app.http.post_endpoints import Refused, json_object, post, request_id
from integrations_app.i18n import _, listing
from integrations_app.services import catalogue
from integrations_app.services.blocking_pool import run_long, run_short
from integrations_app.services.checking import run
from integrations_app.services.connections import edit, lookup
from integrations_app.services.credentials import setup_values
from integrations_app.services.credentials.setup_values import PublicValues
from integrations_app.services.identity import host_sessions
from integrations_app.services.oauth import web_flow
from integrations_app.state import setup_form, wording
from integrations_app.state.client_input import version_of
from integrations_app.state.form_answer import FormAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form as a signed-in person sent it, read without trust.

    Attributes:
        subject: The form's identity.
        provider: Declares its fields.
        form: What is typed.
        uuid: The connection that the form is for; empty for a new one.
        version: The version that the person has seen.
        by: Who sent it.
        session: Their session.
        origin: The address that their browser is at; empty if it does not say.
    """

    subject: str
    provider: Provider
    form: setup_form.Submitted
    uuid: str
    version: int
    by: Actor
    session: AdminSession
    origin: str


@post
async def submit(request: Request) -> Response:
    """Do what a form asks for, and say how it ended."""
    perform = _ACTIONS.get(request.path_params["action"])
    if perform is None:
        raise Refused(404, "unreadable")
    session = await asyncio.to_thread(authentication.find, request.headers)
    if session is None:
        raise NotSignedIn
    sent = await json_object(request, limit=bodies.MAX_BYTES)
    answer = FormAnswer(action=request.path_params["action"], subject=_text(sent, "subject"))
    submission: Submission | None = None
    try:
        submission = await asyncio.to_thread(_read, request, sent, session)
        removed = submission.form.removed.items()
        told = {key: wording.of_removed(kinds) for key, kinds in removed}
        answer = replace(answer, removed=told)
        run = run_long if perform in _ASKING else run_short
        answer = await run(submission.by, perform, answer, submission)
    except IntegrationError as error:
        refused = await asyncio.to_thread(
            _refused, answer, error, submission, provider=_text(sent, "provider")
        )
        return JSONResponse(refused.as_json(), status_code=error_messages.status_of(error))
    return JSONResponse(answer.as_json())


def _read(request: Request, sent: Mapping[str, Any], session: AdminSession) -> Submission:
    subject = _text(sent, "subject")
    uuid, version = version_of(subject)
    if sent.get("over") is not None:  # a conflict was shown, and the person saves all the same
        _same, version = version_of(f"{uuid}/{sent['over']}")
    provider = catalogue.get(_text(sent, "provider"))
    if uuid and version is None:
        raise Refused(400, "unreadable")
    if uuid and lookup.by_uuid(uuid).provider != provider.key:
        raise Refused(409, "not_as_seen")
    return Submission(
        subject=subject,
        provider=provider,
        form=setup_form.read(sent.get("values"), provider),
        uuid=uuid,
        version=version or 0,
        by=session.admin.acting(request_id=request_id(request)),
        session=session,
        origin=request.headers.get("origin", ""),
    )


def _create(answer: FormAnswer, sent: Submission) -> FormAnswer:
    created = edit.add(sent.provider.key, sent.form.name, values=sent.form.values, actor=sent.by)
    return replace(answer, is_done=True, uuid=created.uuid)


def _try(answer: FormAnswer, sent: Submission) -> FormAnswer:
    return _checked(answer, run.dry_run(sent.provider.key, sent.form.values))


def _save(answer: FormAnswer, sent: Submission) -> FormAnswer:
    _store(sent)
    return replace(answer, is_done=True)


def _test(answer: FormAnswer, sent: Submission) -> FormAnswer:
    result = run.of_form(
        sent.uuid,
        name=sent.form.name,
        values=sent.form.values,
        actor=sent.by,
        expected_version=sent.version,
    )
    return _checked(answer, result)


def _connect(answer: FormAnswer, sent: Submission) -> FormAnswer:
    """Save what the form says, then let the browser leave for the provider."""
    expected = settings.load().origin
    if sent.origin not in ("", expected):  # nobody could come back to where they are now
        return replace(answer, problem=_wrong_origin(sent.provider, settings.load().url))
    _store(sent)
    try:
        host_sessions.anchor(sent.session)
        address = web_flow.begin(sent.uuid, sent.session.token)
    except IntegrationError as error:
        return replace(answer, is_stored=True, problem=wording.of_error(error))
    return replace(answer, is_done=True, leave_for=address)


def _store(sent: Submission) -> Connection:
    return edit.update(
        sent.uuid,
        name=sent.form.name,
        values=sent.form.values,
        expected_version=sent.version,
        actor=sent.by,
    )


_ACTIONS: dict[str, Callable[[FormAnswer, Submission], FormAnswer]] = {
    "create": _create,
    "try": _try,
    "save": _save,
    "test": _test,
    "connect": _connect,
}


_ASKING = (_try, _test)
"""Those that ask a provider, which may take its time."""

_STORING = ("create", "save", "connect")
"""Those that store what is typed, or say all that is wrong with it."""


def _checked(answer: FormAnswer, result: CheckResult) -> FormAnswer:
    return replace(answer, outcome=wording.of_result(result), outcome_ok=result.ok)


def _refused(
    answer: FormAnswer, error: IntegrationError, sent: Submission | None, *, provider: str
) -> FormAnswer:
    declared = catalogue.find(provider)
    if declared is None:
        return replace(answer, problem=wording.of_error(UnknownProvider(provider)))
    if isinstance(error, Conflict):
        labels = [wording.of_field(declared, key) for key in error.fields]
        changed = listing(labels) or _("something")
        return replace(answer, conflict=changed, conflict_version=error.version)
    problems = wording.of_fields(error, declared)
    if problems and sent is not None and answer.action in _STORING:
        problems = _all_problems(sent) | problems
    return replace(answer, problems=problems, problem="" if problems else wording.of_error(error))


def _all_problems(sent: Submission) -> dict[str, str]:
    """Return the problem of each field, in their order; a save stops at the first."""
    problems: dict[str, str] = {}
    for look in (_look_at_name, _look_at_values):
        try:
            look(sent)
        except IntegrationError as error:
            problems |= wording.of_fields(error, sent.provider)
    return problems


def _look_at_name(sent: Submission) -> None:
    parse_name(sent.form.name)


def _look_at_values(sent: Submission) -> None:
    stored = lookup.by_uuid(sent.uuid) if sent.uuid else None
    texts = stored.setup_values if stored else {}
    setup_values.read(sent.provider, sent.form.values).refuse_unfit(
        PublicValues(provider=sent.provider, texts=texts),
        stored.saved_secrets if stored else (),
    )


def _wrong_origin(provider: Provider, expected: str) -> str:
    return _(
        "{provider} sends people back to {origin}, where you are not signed in. Open this page "
        "there, then connect.",
        provider=provider.title,
        origin=expected,
    )


def _text(sent: Mapping[str, Any], key: str) -> str:
    value = sent.get(key)
    return value if isinstance(value, str) else ""


ROUTES = [Route(f"{routes.FORMS}/{{action}}", submit, methods=["POST"])]
