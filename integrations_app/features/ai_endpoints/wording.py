"""Messages for what can go wrong with AI endpoints."""

from integrations_app import errors
from integrations_app.domain.check import CheckReason
from integrations_app.domain.explanation import explain
from integrations_app.domain.reply import Reply
from integrations_app.errors import FieldProblem, IntegrationError
from integrations_app.features.ai_endpoints.drafts import INTEGRATION, MODEL, NAME
from integrations_app.features.ai_endpoints.endpoint import MODEL_MAX_LENGTH, NAME_MAX_LENGTH
from integrations_app.features.ai_endpoints.errors import EndpointMissing, NameTaken
from integrations_app.features.ai_endpoints.prompting import PROMPT, PROMPT_MAX_LENGTH
from integrations_app.i18n import _, ngettext
from integrations_app.state import wording

_LIMITS = {NAME: NAME_MAX_LENGTH, MODEL: MODEL_MAX_LENGTH, PROMPT: PROMPT_MAX_LENGTH}
_OTHERS_MISTAKE = range(400, 500)


def of_error(error: IntegrationError) -> str:
    """Return what happened and what to do, for an error that belongs to no single field."""
    match error:
        case EndpointMissing():
            return _("This AI endpoint was removed meanwhile.")
        case errors.TooManyAttempts():
            return ngettext(
                "That was a lot of prompts in a short time. Try again in a second.",
                "That was a lot of prompts in a short time. Try again in {n} seconds.",
                error.retry_after_s,
            )
        case errors.NotConfigured():
            return _("The integration has no credentials, or is not one to send prompts to.")
        case errors.NoRefreshToken():
            return _("The integration's account has to be connected again.")
        case errors.TokenRefreshFailed():
            return explain(error.reason, error.details, provider=_("The service"))
        case _other:
            return wording.of_error(error)


def of_fields(error: IntegrationError) -> dict[str, str]:
    """Field to what is wrong with it; empty if the error is about something else."""
    if isinstance(error, NameTaken):
        return {NAME: _("This name is already taken. Choose another one.")}
    if isinstance(error, errors.InvalidFields):
        return {field: _of_problem(field, problem) for field, problem in error.fields.items()}
    return {}


def of_field(field: str) -> str:
    """Return what a field is called in a sentence."""
    names = {NAME: _("the name"), MODEL: _("the model"), INTEGRATION: _("the integration")}
    return names[field]


def of_reply(reply: Reply, provider: str) -> str:
    """Return why there is no answer.

    Args:
        reply: One with a reason.
        provider: The provider's title.
    """
    status = reply.details.get("http_status")
    if reply.reason is CheckReason.PROVIDER_ERROR and status in _OTHERS_MISTAKE:
        told = _(
            "{provider} refused the request (HTTP {status}). Check the model's name.",
            provider=provider,
            status=status,
        )
    elif reply.reason is CheckReason.PROVIDER_ERROR and status is None:
        told = _("{provider} answered, but not with a model's words.", provider=provider)
    elif reply.reason is CheckReason.CREDENTIALS_REJECTED and status is None:
        told = _("The integration's credentials are not complete. Open it, and enter them.")
    else:
        told = explain(reply.reason, reply.details, provider=provider)
    if not reply.told:
        return told
    return _("{told} {provider} says: “{words}”", told=told, provider=provider, words=reply.told)


def _of_problem(field: str, problem: FieldProblem) -> str:
    match field, problem:
        case "integration", FieldProblem.REQUIRED:
            return _("Choose a connection first.")
        case "integration", _any:
            return _("This connection cannot be used here, or was removed. Choose another one.")
        case "name", FieldProblem.REQUIRED:
            return _("Give the endpoint a name.")
        case "model", FieldProblem.REQUIRED:
            return _("Enter the name of a model.")
        case "prompt", FieldProblem.REQUIRED:
            return _("Write a prompt first.")
        case _field, FieldProblem.TOO_LONG:
            return _("That is too long; {limit} characters fit.", limit=_LIMITS[field])
        case _field, _problem:
            return _("There are invisible characters in it. Type it again.")
