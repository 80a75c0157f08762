"""Django's settings, filled from ours. Pages only: the message stream never sees Django."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from sportello.ops import settings as ours

_settings = ours.load()
_console = Path(__file__).resolve().parent.parent / "console"
_https = _settings.url.startswith("https://")


def _database(url: str | None, options: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url or "dbname=sportello")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "sportello"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": options},
    }


SECRET_KEY, *SECRET_KEY_FALLBACKS = _settings.read_secret_keys() or [""]
DEBUG = False
ALLOWED_HOSTS = [h for h in {urlsplit(_settings.url).hostname, "127.0.0.1", "localhost"} if h]
CSRF_TRUSTED_ORIGINS = [_settings.url]
_url = _settings.database_url.get_secret_value() if _settings.database_url else None
DATABASES = {
    # Pages act as the role that row-level security binds; migrations as the owner of the tables.
    "default": _database(_url, "-c role=sportello_console -c statement_timeout=15s"),
    "owner": _database(_url, "-c lock_timeout=2s"),
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "template_partials",
    "sportello.schema.apps.SchemaConfig",
    "sportello.console",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sportello.console.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "sportello.console.api.middleware.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sportello.console.middleware.WorkspaceMiddleware",
]
ROOT_URLCONF = "sportello.console.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_console / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sportello.console.context.frame",
            ],
        },
    }
]
WSGI_APPLICATION = None

AUTH_USER_MODEL = "sportello.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "sportello.console.team.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "sportello.console.team.passwords.Changing",
    "set_password": "sportello.console.team.passwords.Setting",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = True
# Beside allauth's own: whoever knocks has us ask the company's provider.
ACCOUNT_RATE_LIMITS = {"company_door": "20/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = _settings.trusted_proxies
# An address is what the company invited, and no more is asked of it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "sportello.console.team.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Sportello"
# A code typed as it changes still counts; none counts twice.
MFA_TOTP_TOLERANCE = 1
# Browsers give passkeys to https and to this machine alone; the emulated world is on the latter.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

# allauth counts failed sign-ins in the cache: per process it would count each process apart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}

_mail = _settings.mail_server
EMAIL_HOST = _mail.hostname or ""
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _settings.mail_from

LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("en", "English")]
LOCALE_PATHS = [_console / "locale"]
TIME_ZONE = "Europe/Rome"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
STATIC_ROOT = _settings.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sportello.console.hashed.HashedAndCompressed"},
}
MEDIA_ROOT = _settings.data / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Tabler draws its form controls with data: images.
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _settings.trusted_proxies else None

# Ours, read by the console through django.conf.settings.
SPORTELLO_DEMO = _settings.demo
SPORTELLO_GRAPH_URL = _settings.graph_url
SPORTELLO_PUBLIC_URL = _settings.url
# Of the house, and allowed all the same (`fetching`).
SPORTELLO_PRIVATE_HOSTS = frozenset(filter(None, _settings.private_hosts.split(",")))
# Meta's dialogue, in which a number is chosen; without app and configuration there is none.
SPORTELLO_SIGNUP = {
    "app": _settings.app_id,
    "configuration": _settings.signup_configuration,
    "sdk": _settings.sdk_url,
    "origin": _settings.signup_origin,
    "version": _settings.graph_version,
}
SPORTELLO_PHONE_URL = f"{_settings.graph_url}/phone" if _settings.demo else ""

LOGGING: dict[str, Any] = {"version": 1, "disable_existing_loggers": False}
