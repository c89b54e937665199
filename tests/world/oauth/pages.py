"""The web pages that ask people: plain HTML that a browser can click through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from ..messages import Reply
from .accounts import Account

HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
)
ALLOW, CANCEL = "allow", "cancel"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading} – {title}</title>
<link rel="icon" href="data:,">
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 28rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere }}
li {{ margin: .5rem 0 }}
button {{ font: inherit; padding: .5rem 1.5rem; margin-right: .5rem }}
</style>
</head>
<body>
<h1>{heading}</h1>
{content}
</body>
</html>
"""


def choose_account(title: str, links: Mapping[Account, str]) -> Reply:
    """Which account is to be used; each e-mail address is a link."""
    items = "\n".join(
        f'<li><a href="{escape(link)}">{escape(account.email)}</a><br>{escape(account.name)}</li>'
        for account, link in links.items()
    )
    return _page(title, "Choose an account", f"<ul>\n{items}\n</ul>")


def ask_consent(title: str, account: Account, *, client_id: str, scopes: Iterable[str]) -> Reply:
    """Whether the client may have what it asks for; buttons "Allow" and "Cancel"."""
    items = "\n".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    content = f"""<p>Signed in as {escape(account.email)}.</p>
<p>The app <small>{escape(client_id)}</small> asks for:</p>
<ul>
{items}
</ul>
<form method="post">
<button name="answer" value="{ALLOW}">Allow</button>
<button name="answer" value="{CANCEL}">Cancel</button>
</form>"""
    return _page(title, f"An app wants to access your {title} account", content)


def refusal(title: str, *, error: str, description: str) -> Reply:
    """Why nobody is asked, and nothing is sent back to the client."""
    content = f"<p>Error 400: {escape(error)}</p>\n<p>{escape(description)}</p>"
    return _page(title, "Access blocked", content, status=400)


def _page(title: str, heading: str, content: str, *, status: int = 200) -> Reply:
    text = _PAGE.format(title=escape(title), heading=escape(heading), content=content)
    return Reply(status=status, headers=HEADERS, body=text.encode())
