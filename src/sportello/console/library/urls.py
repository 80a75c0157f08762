"""Addresses of the knowledge."""

from django.urls import path

from sportello.console.library import (
    corrections,
    documents,
    evaluation,
    imports,
    rehearsals,
    review,
    trials,
    views,
    web,
)

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
    path("review/", review.listing, name="review"),
    path("review/messages/<int:message_id>/", review.message, name="review-message"),
    path(
        "review/messages/<int:message_id>/correction",
        corrections.correction,
        name="correction",
    ),
    path("review/<int:proposal_id>/acceptance", review.acceptance, name="acceptance"),
    path("review/<int:proposal_id>/rejection", review.rejection, name="rejection"),
    path("rehearsals/<int:rehearsal_id>/", rehearsals.rehearsal, name="rehearsal"),
    path(
        "rehearsals/<int:rehearsal_id>/publication",
        rehearsals.publication,
        name="rehearsal-publication",
    ),
    path("rehearsals/<int:rehearsal_id>/dropping", rehearsals.dropping, name="rehearsal-dropping"),
    path("tests/", evaluation.listing, name="tests"),
    path("tests/<int:set_id>/", evaluation.question_set, name="set"),
    path("tests/<int:set_id>/deletion", evaluation.deletion, name="set-deletion"),
    path("tests/<int:set_id>/runs", evaluation.begin, name="run-set"),
    path("tests/replays", evaluation.replay, name="replay"),
    path("tests/runs/<int:run_id>/", evaluation.run, name="run"),
    path("trials", trials.ask, name="ask"),
    path("trials/<int:trial_id>", trials.trial, name="trial"),
]
