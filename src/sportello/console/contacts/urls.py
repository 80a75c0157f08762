"""Addresses of the contacts, their consents and their imports."""

from django.urls import path

from sportello.console.contacts import (
    board,
    bulk,
    editing,
    exporting,
    imports,
    lists,
    properties,
    segments,
    table,
    views,
)

app_name = "contacts"
urlpatterns = [
    path("", table.contacts, name="contacts"),
    path("bulk", bulk.bulk, name="bulk"),
    path("export.csv", exporting.export_csv, name="export-csv"),
    path("export.xlsx", exporting.export_xlsx, name="export-xlsx"),
    path("board", board.board, name="board"),
    path("properties/", properties.all_properties, name="properties"),
    path("properties/<int:property_id>/", properties.a_property, name="property"),
    path("properties/<int:property_id>/place", properties.move, name="move-property"),
    path("properties/<int:property_id>/delete", properties.delete, name="delete-property"),
    path("<int:contact_id>/", views.contact, name="contact"),
    path("<int:contact_id>/edit", editing.edit, name="edit"),
    path("<int:contact_id>/place", board.place, name="place"),
    path("<int:contact_id>/consents", views.consent, name="consent"),
    path("<int:contact_id>/withdrawal", views.withdrawal, name="withdrawal"),
    path("lists/", lists.lists, name="lists"),
    path("lists/<int:list_id>/", lists.a_list, name="list"),
    path("lists/<int:list_id>/delete", lists.delete, name="delete-list"),
    path("lists/<int:list_id>/members", lists.add, name="add-member"),
    path("lists/<int:list_id>/members/<int:contact_id>/remove", lists.remove, name="remove-member"),
    path("lists/<int:list_id>/export", lists.export, name="export-list"),
    path("segments/", segments.segments, name="segments"),
    path("segments/new", segments.new_segment, name="new-segment"),
    path("segments/count", segments.count, name="count-segment"),
    path("segments/<int:segment_id>/", segments.a_segment, name="segment"),
    path("segments/<int:segment_id>/count", segments.count_of, name="segment-count"),
    path("segments/<int:segment_id>/delete", segments.delete, name="delete-segment"),
    path("imports/", imports.new_import, name="new-import"),
    path("imports/example", imports.example, name="example"),
    path("imports/<int:import_id>/", imports.an_import, name="import"),
    path("imports/<int:import_id>/start", imports.start, name="start-import"),
    path("imports/<int:import_id>/cancel", imports.cancel, name="cancel-import"),
    path("imports/<int:import_id>/progress", imports.progress, name="progress"),
    path("imports/<int:import_id>/errors", imports.errors, name="errors"),
]
