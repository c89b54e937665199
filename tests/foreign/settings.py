"""The Django project's settings; importing this module does not import Django."""

from __future__ import annotations

from pathlib import Path

HOST = "sso.foreign.example"
USERNAME = "mona"
NAME = "Mona"
PASSWORD = "over the hills and far away"

CALLBACK = "/api/integrations/oauth/callback"
REDIRECT_URIS = " ".join(
    origin + CALLBACK
    for origin in ("http://localhost", "http://127.0.0.1", "https://admin.example.com")
)
"""The first two stand for any port (RFC 8252, section 7.3)."""

LOGIN_PAGE = """<!doctype html><title>Sign in</title>
<form method="post">{% csrf_token %}{{ form.as_p }}<button>Sign in</button></form>"""

OAUTH2_PROVIDER = {
    "SCOPES": {"profile": "See who you are", "notes": "Read your notes"},
    "DEFAULT_SCOPES": ["profile"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "PKCE_REQUIRED": True,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOW_LOCALHOST_LOOPBACK": True,
    # As the toolkit's next release has them by default.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}


def configure(database: Path) -> None:
    """Make these the settings of this process.

    Args:
        database: The database file, in an existing folder.
    """
    from django.conf import settings

    settings.configure(
        ALLOWED_HOSTS=[HOST],
        # TLS ends at the world.
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
        SECRET_KEY="a secret of one test run",
        SESSION_COOKIE_SECURE=True,
        CSRF_COOKIE_SECURE=True,
        DATABASES={"default": _database(database)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[_templates()],
        ROOT_URLCONF="tests.foreign.urls",
        LOGIN_URL="/login/",
        STATIC_URL="/static/",
        USE_TZ=True,
        # Hashes nobody has to wait for.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        OAUTH2_PROVIDER=OAUTH2_PROVIDER,
    )


def _database(path: Path) -> dict[str, object]:
    # Writers queue up instead of failing when they meet.
    options = {"timeout": 20, "transaction_mode": "IMMEDIATE"}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


def _templates() -> dict[str, object]:
    own = ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN_PAGE})
    loaders = [own, "django.template.loaders.app_directories.Loader"]
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": loaders,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
