"""The Django project's addresses: sign-in, the toolkit's own, and one resource to protect."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from oauth2_provider.decorators import protected_resource_metadata


@protected_resource_metadata(scopes=["profile"])
def me(request: HttpRequest) -> JsonResponse:
    """Who the token stands for: a person, or nobody but the client itself."""
    person = request.resource_owner
    if person is None:
        return JsonResponse({"id": "service", "name": "A service"})
    return JsonResponse({"id": str(person.pk), "name": person.first_name})


urlpatterns = [
    path("login/", LoginView.as_view()),
    path("api/me", me),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
