"""Addresses of the desk."""

from django.urls import path

from sportello.console.inbox import (
    arranging,
    canned,
    canned_pages,
    compose_views,
    drafts,
    exporting,
    first_views,
    gists,
    media,
    panel,
    presence,
    tools,
    views,
)

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
    path("<int:conversation_id>/draft", drafts.draft, name="draft"),
    path("<int:conversation_id>/replies", canned.replies, name="canned"),
    path("<int:conversation_id>/presence", presence.presence, name="presence"),
    path("<int:conversation_id>/export", exporting.export, name="export"),
    path("upload", compose_views.upload, name="upload"),
    path("messages/<int:message_id>/undoing", compose_views.undo, name="undo"),
    path("messages/<int:message_id>/reaction", compose_views.reaction, name="reaction"),
    path("messages/<int:message_id>/repetition", compose_views.repetition, name="repetition"),
    path("replies/", canned_pages.replies, name="replies"),
    path("replies/new", canned_pages.new, name="reply-new"),
    path("replies/undo-time", canned_pages.undo_time, name="undo-time"),
    path("replies/<int:reply_id>/", canned_pages.reply, name="reply"),
    path("replies/<int:reply_id>/deletion", canned_pages.deletion, name="reply-deletion"),
    path("replies/<int:reply_id>/restoration", canned_pages.restoration, name="reply-restoration"),
    path("sweep", tools.sweep, name="sweep"),
    path("sweeps/<int:sweep_id>/undoing", tools.sweep_undoing, name="sweep_undoing"),
    path("away", tools.being_away, name="away"),
    path("export", exporting.export_all, name="export_all"),
    path("order/", arranging.order, name="order"),
    path("order/undoing", arranging.undoing, name="order_undoing"),
    path("<int:conversation_id>/label", tools.labelling, name="labelling"),
    path("<int:conversation_id>/folder", tools.filing, name="filing"),
    path("<int:conversation_id>/assignment", tools.assignment, name="assignment"),
    path("<int:conversation_id>/unreading", tools.unreading, name="unreading"),
    path("<int:conversation_id>/reminder", tools.reminder, name="reminder"),
    *(
        path(
            f"<int:conversation_id>/about/{name}", panel.part, {"name": name}, name=f"about-{name}"
        )
        for name in panel.PARTS
    ),
    path("<int:conversation_id>/summary", gists.summary, name="summary"),
    path("messages/<int:message_id>/translation", gists.translation, name="translation"),
    path("gists/<int:gist_id>", gists.gist, name="gist"),
    path("messages/<int:message_id>/receipt", views.receipt, name="receipt"),
    path("media/<int:media_id>", media.media, name="media"),
]
