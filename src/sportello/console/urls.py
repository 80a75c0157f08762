"""Every address of the console."""

from django.urls import include, path
from django.views.i18n import set_language

from sportello.console.campaigns.settings import rules_of_campaigns
from sportello.console.home import views as home
from sportello.console.policy.views import policy
from sportello.console.team import colleagues, joining, notice_settings, notices
from sportello.console.team import views as team

urlpatterns = [
    path("", home.home, name="home"),
    path("first-steps/", home.first_steps, name="home-guide"),
    path("first-steps/dismissal", home.dismissal, name="home-dismissal"),
    path("first-steps/restart", home.restart, name="home-restart"),
    path("conversations/", include("sportello.console.inbox.urls")),
    path("contacts/", include("sportello.console.contacts.urls")),
    path("campaigns/", include("sportello.console.campaigns.urls")),
    path("knowledge/", include("sportello.console.library.urls")),
    path("templates/", include("sportello.console.templates_desk.urls")),
    path(
        "campaigns/<int:campaign_id>/followups/",
        include("sportello.console.campaigns.steps_urls"),
    ),
    path("automations/", include("sportello.console.automations.urls")),
    path("channel/", include("sportello.console.channel.urls")),
    path("assistant/", include("sportello.console.assistant.urls")),
    path("doctor/", include("sportello.console.doctor.urls")),
    path("analytics/", include("sportello.console.analytics.urls")),
    path("policy/", policy, name="policy"),
    path("policy/campaigns/", rules_of_campaigns, name="policy-campaigns"),
    path("people/", include("sportello.console.team.people_urls")),
    path("settings/", include("sportello.console.settings.urls")),
    path("profile/", team.profile, name="profile"),
    path("profile/sessions/<int:session_id>/end", team.session_end, name="session-end"),
    path("profile/notifications", notice_settings.wishes, name="notice-wishes"),
    path("profile/notifications/push", notice_settings.waking, name="notice-waking"),
    path(
        "profile/notifications/push/<int:place_id>/end",
        notice_settings.sleeping,
        name="notice-sleeping",
    ),
    path("colleagues", colleagues.names, name="colleague-names"),
    path("notifications/", notices.listing, name="notices"),
    path("notifications/seen", notices.seen, name="notices-seen"),
    path("notifications/fresh", notices.fresh, name="notices-fresh"),
    path("push-worker.js", notice_settings.push_worker, name="push-worker"),
    path("enter/<str:secret>", team.enter, name="enter"),
    path("invitations/<str:secret>", joining.join, name="invitation"),
    path("language", set_language, name="language"),
    path("accounts/", include("sportello.console.team.urls")),
    path("", include("sportello.console.urls_api")),
]
