"""Addresses of the knowledge."""

from django.urls import path

from sportello.console.library import documents, imports, trials, views, web

app_name = "library"
urlpatterns = [
    path("", views.pairs, name="pairs"),
    path("new", views.new_pair, name="new"),
    path("import", imports.pairs, name="import"),
    path("import/example", imports.example, name="import-example"),
    path("restoration", views.restoration, name="restoration"),
    path("<int:pair_id>/", views.pair, name="pair"),
    path("<int:pair_id>/deletion", views.deletion, name="deletion"),
    path("documents/", documents.listing, name="documents"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/deletion", documents.deletion, name="document-deletion"),
    path("documents/<int:document_id>/publication", documents.publication, name="publication"),
    path("documents/<int:document_id>/refusal", documents.refusal, name="refusal"),
    path("documents/<int:document_id>/reading", documents.reading, name="reading"),
    path("documents/<int:document_id>/use", documents.use, name="use"),
    path("pages/", web.listing, name="pages"),
    path("pages/sites/<int:site_id>/deletion", web.deletion, name="site-deletion"),
    path("pages/sites/<int:site_id>/reading", web.reading, name="site-reading"),
    path("pages/sites/<int:site_id>/publication", web.publication, name="site-publication"),
    path("trials", trials.ask, name="ask"),
    path("trials/<int:trial_id>", trials.trial, name="trial"),
]
