"""The API put together: its routers, its key, its errors, and the OpenAPI that describes them."""

from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from sportello.console.api import (
    analytics,
    assistant,
    automations,
    campaigns,
    campaigns_report,
    channel,
    consents,
    contacts,
    contacts_import,
    conversations,
    doctor,
    errands,
    files,
    followups,
    hooks,
    idempotency,
    knowledge,
    knowledge_documents,
    knowledge_import,
    ledger,
    order,
    problems,
    segments,
    shapes,
    templates,
    webhooks,
)
from sportello.console.api.access import ApiKeyAuth

_WRITES: Final = frozenset({"post", "put", "patch", "delete"})
_KEY: Final = {
    "in": "header",
    "name": idempotency.HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "The same key with the same request is done once and answered alike.",
}
_PROBLEM: Final = {
    "description": "What went wrong, as RFC 9457 tells it",
    "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class Api(NinjaAPI):
    """Adds to the description what holds for every operation."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"]["Problem"] = shapes.Problem.model_json_schema()
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                operation["responses"]["default"] = _PROBLEM
                if method in _WRITES:
                    operation["parameters"].append(_KEY)
        return schema


api = Api(
    title="Sportello",
    version="1",
    description="A company's WhatsApp desk, for scripts and other programs.",
    urls_namespace="api",
    docs_url=None,
    auth=ApiKeyAuth(),
)
problems.register(api)
api.add_router("/conversations", conversations.router)
api.add_router("/knowledge", knowledge.router)
api.add_router("/knowledge", knowledge_import.router)
api.add_router("/knowledge", knowledge_documents.router)
api.add_router("/assistant", assistant.router)
api.add_router("/contacts", contacts.router)
api.add_router("/contacts", contacts_import.router)
api.add_router("/contacts", consents.router)
api.add_router("/channel", channel.router)
api.add_router("/ledger", ledger.router)
api.add_router("/templates", templates.router)
api.add_router("/files", files.router)
api.add_router("/segments", segments.router)
api.add_router("/campaigns", campaigns.router)
api.add_router("/doctor", doctor.router)
api.add_router("/campaigns", campaigns_report.router)
api.add_router("/campaigns", followups.router)
api.add_router("/automations", automations.router)
api.add_router("/automations", errands.of_automations)
api.add_router("/campaigns", errands.of_campaigns)
api.add_router("/contacts", errands.of_contacts)
api.add_router("/hooks", hooks.router)
api.add_router("/analytics", analytics.router)
api.add_router("/webhooks", webhooks.router)
api.add_router("/conversations", order.conversations)
api.add_router("", order.router)
