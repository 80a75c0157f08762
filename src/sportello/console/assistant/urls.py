"""Addresses of the assistant's settings."""

from django.urls import path

from sportello.console.assistant import actions, files, models, tone
from sportello.console.library import daring
from sportello.console.library.conduct import assistant

urlpatterns = [
    path("", assistant, name="assistant"),
    path("measurement", daring.measurement, name="assistant-measurement"),
    path("tone", tone.tone, name="assistant-tone"),
    path("tone/<int:conduct_id>/restoration", tone.restoration, name="tone-restoration"),
    path("model", models.page, name="assistant-model"),
    path("model/budget", models.budget, name="model-budget"),
    path("model/files", files.files, name="model-files"),
    path("model/<int:model_id>/trial", models.trial, name="model-trial"),
    path("model/<int:model_id>/removal", models.removal, name="model-removal"),
    path("actions", actions.page, name="assistant-actions"),
    path("actions/new", actions.new, name="assistant-action-new"),
    path("actions/<int:action_id>", actions.action, name="assistant-action"),
    path("actions/<int:action_id>/removal", actions.removal, name="assistant-action-removal"),
    path("actions/<int:action_id>/trial", actions.trial, name="assistant-action-trial"),
    path(
        "actions/<int:action_id>/runs/<int:execution_id>",
        actions.run,
        name="assistant-action-run",
    ),
]
