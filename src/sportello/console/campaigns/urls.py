"""Addresses of the campaigns: the list, the report, the steps of the wizard, the files."""

from django.urls import path

from sportello.console.campaigns import launch, pages, sheets, wizard

app_name = "campaigns"
urlpatterns = [
    path("", pages.campaigns, name="list"),
    path("new", wizard.new, name="new"),
    path("<int:campaign_id>/", pages.campaign, name="campaign"),
    path("<int:campaign_id>/who", wizard.who, name="who"),
    path("<int:campaign_id>/what", wizard.what, name="what"),
    path("<int:campaign_id>/files", wizard.enclosed, name="files"),
    path("<int:campaign_id>/when", wizard.when, name="when"),
    path("<int:campaign_id>/checks", wizard.checked, name="checks"),
    path("<int:campaign_id>/skipped", wizard.skipped, name="skipped"),
    path("<int:campaign_id>/skipped.csv", sheets.skipped_csv, name="skipped-csv"),
    path("<int:campaign_id>/confirm", launch.confirm, name="confirm"),
    path("<int:campaign_id>/trial", launch.trial, name="trial"),
    path("<int:campaign_id>/start", launch.start, name="start"),
    path("<int:campaign_id>/pause", pages.pause, name="pause"),
    path("<int:campaign_id>/resume", pages.resume, name="resume"),
    path("<int:campaign_id>/cancellation", pages.cancellation, name="cancellation"),
    path("<int:campaign_id>/retry", pages.retry, name="retry"),
    path(
        "<int:campaign_id>/recipients/<int:recipient_id>/resending",
        pages.resending,
        name="resending",
    ),
    path(
        "<int:campaign_id>/recipients/<int:recipient_id>/acknowledgement",
        pages.acknowledgement,
        name="acknowledgement",
    ),
    path("<int:campaign_id>/recipients.csv", sheets.recipients_csv, name="csv"),
    path("<int:campaign_id>/recipients.xlsx", sheets.recipients_xlsx, name="xlsx"),
]
