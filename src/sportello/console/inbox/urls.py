"""Addresses of the desk."""

from django.urls import path

from sportello.console.inbox import media, views

app_name = "inbox"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("ticket", views.ticket, name="ticket"),
    path("<int:conversation_id>/", views.conversation, name="conversation"),
    path("<int:conversation_id>/control", views.control, name="control"),
    path("<int:conversation_id>/release", views.release, name="release"),
    path("<int:conversation_id>/closure", views.closure, name="closure"),
    path("<int:conversation_id>/reopening", views.reopening, name="reopening"),
    path("<int:conversation_id>/reading", views.reading, name="reading"),
    path("<int:conversation_id>/messages", views.writing, name="writing"),
    path("messages/<int:message_id>/receipt", views.receipt, name="receipt"),
    path("media/<int:media_id>", media.media, name="media"),
]
