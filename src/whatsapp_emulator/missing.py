"""What of Meta's API this emulator does not have, call by call; part of /sim/coverage.

The calls are those of Meta's OpenAPI file and of the reference that it lacks.
"""

from whatsapp_emulator.routes import admit_missing

ABSENT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "groups are not emulated",
        (
            "GET POST /{Number}/groups",
            "GET POST DELETE /{Group}",
            "POST DELETE /{Group}/invite_link",
            "GET POST DELETE /{Group}/join_requests",
            "POST DELETE /{Group}/participants",
        ),
    ),
    (
        "calls are not emulated",
        ("POST /{Number}/calls", "GET /{Number}/call_permissions"),
    ),
    (
        "flows can be named in templates and messages, not made, published or played",
        (
            "GET POST /{Waba}/flows",
            "POST /{Waba}/migrate_flows",
            "GET POST DELETE /{Flow}",
            "GET POST /{Flow}/assets",
            "POST /{Flow}/publish",
            "POST /{Flow}/deprecate",
        ),
    ),
    (
        "onboarding to marketing messages is for providers; /sim signs an account's terms",
        ("POST /{Portfolio}/onboard_partners_to_mm_lite",),
    ),
    (
        "messages travel unencrypted to a local emulator",
        ("POST /{Number}/messages_encrypted",),
    ),
    (
        "broken at Meta's too, though in its file",
        (
            "GET /{Number}/message_history",
            "GET /{MessageHistory}/events",
            "GET /{Bot}",
        ),
    ),
    (
        "multi-partner solutions are for providers, not for a business",
        (
            "GET /{App}/connected_client_businesses",
            "POST /{App}/whatsapp_business_solution",
            "GET /{App}/whatsapp_business_solutions",
            "GET /{Solution}",
            "GET /{Solution}/access_token",
            "POST /{Solution}/accept",
            "POST /{Solution}/accept_deactivation_request",
            "POST /{Solution}/reject",
            "POST /{Solution}/reject_deactivation_request",
            "POST /{Solution}/send_deactivation_request",
            "GET /{Waba}/solutions",
            "POST /{Waba}/set_solution_migration_intent",
            "GET /{MigrationIntent}",
        ),
    ),
    (
        "accounts on behalf of others are a thing of the past",
        (
            "GET /{Waba}/in_progress_onbehalf_request",
            "POST /{Waba}/obo_mobility_intent",
            "POST /{Waba}/set_obo_mobility_intent",
            "GET /{OBOMobilityIntent}",
        ),
    ),
    (
        "numbers are verified one by one",
        (
            "POST /{Portfolio}/add_phone_numbers",
            "GET /{Portfolio}/preverified_numbers",
            "POST /{Portfolio}/share_preverified_numbers",
            "GET DELETE /{PreVerifiedNumber}",
            "GET /{PreVerifiedNumber}/partners",
            "POST /{PreVerifiedNumber}/request_code",
            "POST /{PreVerifiedNumber}/verify_code",
        ),
    ),
    (
        "credit lines are for providers; the account has a payment method of its own",
        (
            "GET /{Portfolio}/extendedcredits",
            "POST /{Credit}/whatsapp_credit_sharing_and_attach",
            "GET /{AllocationConfig}",
        ),
    ),
    (
        "there is one user, the system user",
        (
            "POST DELETE /{Waba}/assigned_users",
            "GET /{User}/assigned_whatsapp_business_accounts",
        ),
    ),
    (
        "nothing of a customer-care product depends on it",
        (
            "GET /{Waba}/activities",
            "GET POST /{Waba}/schedules",
            "GET POST /{Number}/business_compliance_info",
            "GET /{WhatsAppAccountNumber}",
            "GET POST /{Profile}",
        ),
    ),
    (
        "in-app signup links of 2026",
        ("GET POST /{Number}/signup_links",),
    ),
    (
        "coexistence is not emulated",
        ("POST /{Number}/smb_app_data",),
    ),
)

for _why, _calls in ABSENT:
    for _call in _calls:
        _methods, _path = _call.rsplit(" ", 1)
        for _method in _methods.split():
            admit_missing(f"{_method} {_path}", _why)

admit_missing("Direct Send", "open beta; no template is made of a message by itself")
admit_missing(
    "appeals of templates and misuse of categories",
    "a rejection or a category is not appealed against, no ladder of warnings, no 131064; the one "
    "appeal of an account is there",
)
admit_missing("content of media", "neither uploads nor links are looked into beyond type and size")
admit_missing("mTLS of webhooks", "the sender shows no certificate")
