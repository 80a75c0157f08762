"""Addresses of the desk."""

from django.urls import path

from sportello.console.inbox import first_views, media, views

app_name = "inbox"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("ticket", views.ticket, name="ticket"),
    path("new", first_views.begin, name="new"),
    path("new/draft", first_views.begin_draft, name="new_draft"),
    path("files/<int:file_id>", first_views.file, name="file"),
    path("<int:conversation_id>/", views.conversation, name="conversation"),
    path("<int:conversation_id>/template", first_views.template, name="template"),
    path("<int:conversation_id>/template/draft", first_views.template_draft, name="template_draft"),
    path("<int:conversation_id>/control", views.control, name="control"),
    path("<int:conversation_id>/release", views.release, name="release"),
    path("<int:conversation_id>/closure", views.closure, name="closure"),
    path("<int:conversation_id>/reopening", views.reopening, name="reopening"),
    path("<int:conversation_id>/reading", views.reading, name="reading"),
    path("<int:conversation_id>/messages", views.writing, name="writing"),
    path("messages/<int:message_id>/receipt", views.receipt, name="receipt"),
    path("media/<int:media_id>", media.media, name="media"),
]
