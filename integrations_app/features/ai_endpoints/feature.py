"""AI endpoints as a feature of the app: the list, the form, and the old keys beside it."""

from integrations_app import routes
from integrations_app.components.text import t
from integrations_app.feature import Destination, Feature, FeaturePage
from integrations_app.features.ai_endpoints import (
    form_page,
    listing_page,
    old_key_card,
    old_key_post,
)
from integrations_app.features.ai_endpoints.endpoint import KEY
from integrations_app.features.ai_endpoints.form_state import EndpointForm
from integrations_app.features.ai_endpoints.listing_state import EndpointList
from integrations_app.i18n import _


def feature() -> Feature:
    """Return the list, the form for another endpoint, and the one of each that is stored."""
    return Feature(
        key=KEY,
        pages=(
            FeaturePage(
                route=routes.AI_ENDPOINTS,
                title=_("AI endpoints"),
                page=listing_page.page,
                on_load=[EndpointList.load, EndpointList.watch],
            ),
            FeaturePage(
                route=routes.AI_ENDPOINT_NEW,
                title=_("Add Endpoint"),
                page=form_page.new,
                on_load=[EndpointForm.load_new, EndpointForm.watch],
            ),
            FeaturePage(
                route=routes.AI_ENDPOINT_EDIT,
                title=EndpointForm.title,
                page=form_page.edit,
                on_load=[EndpointForm.load, EndpointForm.watch],
            ),
        ),
        navigation=(Destination(label=t("AI endpoints"), address=routes.AI_ENDPOINTS),),
        http_routes=old_key_post.ROUTES,
        scripts=(old_key_card.SCRIPT,),
    )
