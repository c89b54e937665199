"""DeepSeek.

Source: https://api-docs.deepseek.com/api/get-user-balance and
https://api-docs.deepseek.com/quick_start/error_codes; `/v1` in front of a path means the same.
"""

from __future__ import annotations

from functools import partial

from ..failures import failure
from ..keys import Behaviour, behaviour_of
from ..messages import Answer, Reply, Request, Site
from .completion import completion, models

MESSAGES = {
    400: "Failed to deserialize the JSON body into the target type",
    402: "Insufficient Balance",
    403: "Forbidden",
    404: "Not Found",
    429: "Rate limit reached",
    500: "Internal Server Error",
    503: "Service is too busy. Please try again later.",
}


def site() -> Site:
    """DeepSeek's API at its one host."""
    return Site(hosts=("api.deepseek.com",), answer=answer)


def answer(request: Request) -> Answer:
    """Answer as DeepSeek; an empty balance is seen in the balance and refused by the chat."""
    behaviour = behaviour_of("deepseek", request.bearer)
    error = partial(_error, presented=request.bearer or "")
    if trouble := failure(behaviour, request, error=error):
        return trouble
    empty = behaviour is Behaviour.EMPTY_BALANCE
    match request.method, request.path.removeprefix("/v1"):
        case "GET", "/user/balance":
            return _balance(empty=empty)
        case "GET", "/models":
            return models("deepseek", "deepseek-chat", "deepseek-reasoner")
        case "POST", "/chat/completions":
            return error(402) if empty else completion(request) or error(400)
        case _:
            return error(404)


def _balance(*, empty: bool) -> Reply:
    total = "0.00" if empty else "10.00"
    balance = {
        "currency": "USD",
        "total_balance": total,
        "granted_balance": "0.00",
        "topped_up_balance": total,
    }
    return Reply.of_json({"is_available": not empty, "balance_infos": [balance]})


def _error(status: int, *, presented: str) -> Reply:
    kind = "authentication_error" if status == 401 else "unknown_error"
    # The real one repeats the key's last four characters too: nothing to show or store.
    refused = f"Authentication Fails, Your api key: ****{presented[-4:]} is invalid"
    error = {
        "message": refused if status == 401 else MESSAGES[status],
        "type": kind,
        "param": None,
        "code": "invalid_request_error",
    }
    return Reply.of_json({"error": error}, status=status)
