"""Addresses of the templates."""

from django.urls import path

from sportello.console.templates_desk import editor, samples, views

app_name = "templates"
urlpatterns = [
    path("", views.templates, name="list"),
    path("new", editor.new, name="new"),
    path("approval", views.approval, name="approval"),
    path("synchronisation", views.synchronisation, name="synchronisation"),
    path("samples", samples.upload, name="upload"),
    path("samples/<int:file_id>", samples.sample, name="sample"),
    path("<int:template_id>/", views.template, name="template"),
    path("<int:template_id>/edit", editor.edit, name="edit"),
    path("<int:template_id>/retry", editor.retry, name="retry"),
    path("<int:template_id>/seen", views.seen, name="seen"),
    path("<int:template_id>/forgetting", views.forgetting, name="forgetting"),
    path("<int:template_id>/submission", views.submission, name="submission"),
    path("<int:template_id>/deletion", views.deletion, name="deletion"),
]
