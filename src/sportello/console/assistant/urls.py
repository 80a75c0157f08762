"""Addresses of the assistant's settings."""

from django.urls import path

from sportello.console.assistant import models, tone
from sportello.console.library.conduct import assistant

urlpatterns = [
    path("", assistant, name="assistant"),
    path("tone", tone.tone, name="assistant-tone"),
    path("tone/<int:conduct_id>/restoration", tone.restoration, name="tone-restoration"),
    path("model", models.page, name="assistant-model"),
    path("model/budget", models.budget, name="model-budget"),
    path("model/<int:model_id>/trial", models.trial, name="model-trial"),
    path("model/<int:model_id>/removal", models.removal, name="model-removal"),
]
