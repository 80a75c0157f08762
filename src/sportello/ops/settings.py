"""Every setting, typed, from the environment (`SPORTELLO_*`) and a TOML file.

A wrong one stops the start.
Each setting can also be given as `SPORTELLO_<NAME>_FILE`, a file that holds the value.
"""

import json
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

_PREFIX = "SPORTELLO_"


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(_http_url)]


class WrongSettingError(Exception):
    """A setting that cannot be used; its text is one line for the person who starts Sportello."""


def default_data() -> Path:
    """Where data is kept unless told otherwise. Root's home is closed to the database's user."""
    if os.geteuid() == 0:
        return Path("/var/lib/sportello")
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "sportello"


class Settings(BaseSettings):
    """One value of this class is all that the processes know of their surroundings."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    data: Path = Field(default_factory=default_data, description="Folder for database and media")
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL >= 15 with pgvector; unset: the embedded one in `data`"
    )
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=1, le=65534, description="Port of console, API and webhooks")
    public_url: HttpUrl | None = Field(None, description="Address under which browsers reach us")
    secret_key: SecretStr | None = Field(
        None, min_length=32, description="Signs and encrypts; unset: made once in `data`"
    )
    old_secret_keys: SecretStr | None = Field(
        None, description="Earlier keys, with commas between, until `sportello keys rotate` is done"
    )
    graph_url: HttpUrl = Field("https://graph.facebook.com", description="Who answers as Meta")
    graph_version: str = Field("v25.0", pattern=r"^v\d\d\.0$", description="Graph API version")
    app_id: str = Field("", pattern=r"^\d*$", description="The Meta app's id")
    signup_configuration: str = Field(
        "", pattern=r"^\d*$", description="Facebook Login configuration for connecting numbers"
    )
    sdk_url: HttpUrl = Field(
        "https://connect.facebook.net", description="Who serves Meta's JavaScript"
    )
    signup_origin: HttpUrl = Field(
        "https://www.facebook.com", description="Who speaks in Meta's dialogue"
    )
    app_secret: SecretStr | None = Field(None, description="Signs Meta's webhooks")
    verify_token: SecretStr | None = Field(None, description="Word of the webhook handshake")
    access_token: SecretStr | None = Field(None, description="Token that sends")
    phone_number_id: str = Field("", pattern=r"^\d*$", description="The business number's id")
    waba_id: str = Field("", pattern=r"^\d*$", description="The WhatsApp Business Account's id")
    clock_url: HttpUrl | None = Field(None, description="Follow another clock (demo, tests)")
    log_format: Literal["console", "json"] = Field("console", description="Shape of the log lines")
    undo_seconds: int = Field(
        5, ge=0, le=10, description="New companies: how long a message can be taken back"
    )
    journal_days: int = Field(30, ge=8, le=3650, description="How long raw webhooks are kept")
    trusted_proxies: int = Field(0, ge=0, le=5, description="Reverse proxies in front of us")
    web_threads: int = Field(8, ge=1, le=64, description="Threads that draw pages")
    private_hosts: str = Field(
        "", description="Hosts of the house that pages may be fetched from, with commas between"
    )
    smtp_url: SecretStr | None = Field(
        None, description="Mail server: smtp[s]://user:password@host:port; unset: no mail is sent"
    )
    mail_from: str = Field(
        "sportello@localhost", max_length=200, description="Whom our mail comes from"
    )
    crash_at: str = Field("", description="Tests: the crash point at which a process kills itself")
    demo: bool = Field(
        default=False, description="Set by `sportello demo`: shows the emulator's links"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        toml = os.environ.get(_PREFIX + "CONFIG")
        files = [TomlConfigSettingsSource(settings_cls, Path(toml))] if toml else []
        return (init_settings, env_settings, *files)

    @property
    def mail_server(self) -> SplitResult:
        """Scheme `smtp` (STARTTLS) or `smtps`; without a host there is none."""
        return urlsplit(self.smtp_url.get_secret_value() if self.smtp_url else "")

    @property
    def url(self) -> str:
        """Where a browser finds us, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def secret_key_path(self) -> Path:
        return self.data / "secret.key"

    def read_secret_key(self) -> str:
        """The key, or "" where none was made yet (only the start makes one: `make_secret_key`)."""
        return next(iter(self.read_secret_keys()), "")

    def read_secret_keys(self) -> list[str]:
        """The key that seals, then older ones that still open: in the file one a line, in the
        settings `secret_key` and `old_secret_keys`.
        """
        if self.secret_key is not None:
            old = self.old_secret_keys.get_secret_value() if self.old_secret_keys else ""
            return [self.secret_key.get_secret_value(), *filter(None, old.split(","))]
        path = self.secret_key_path
        return path.read_text().split() if path.exists() else []

    @property
    def running_path(self) -> Path:
        """Locked and filled by whoever runs the house; empty once it is stopped."""
        return self.data / "running.lock"

    def with_running_database(self) -> "Settings":
        """The same, with the address of the embedded server that `up` or `demo` has started, and
        with the settings that it was started with where others are not given: a demo's Meta is not
        the real one.

        Raises WrongSettingError where no address is given and none runs.
        """
        if self.database_url is not None:
            return self
        from sportello.ops import postgres

        folder = self.data / "postgres"
        if not postgres.is_running(folder):
            raise WrongSettingError(
                f"{_PREFIX}DATABASE_URL is not set, and no database runs in {folder}"
            )
        os.environ[_PREFIX + "DATABASE_URL"] = postgres.start(folder)
        for name, value in self._of_the_running().items():
            os.environ.setdefault(name, value)
        load.cache_clear()
        return load()

    def _of_the_running(self) -> dict[str, str]:
        try:
            told = json.loads(self.running_path.read_text())
        except (OSError, ValueError):
            return {}
        return {str(name): str(value) for name, value in told.items()}

    def make_secret_key(self) -> None:
        """Makes the key once, readable by its owner alone. Without it stored tokens are lost."""
        if self.read_secret_key():
            return
        self.data.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.secret_key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))


def _read_file_variables() -> None:
    """`SPORTELLO_X_FILE=path` becomes `SPORTELLO_X`, as container secrets want it."""
    for name in Settings.model_fields:
        path = os.environ.get(f"{_PREFIX}{name.upper()}_FILE")
        if path and not os.environ.get(_PREFIX + name.upper()):
            try:
                os.environ[_PREFIX + name.upper()] = Path(path).read_text().strip()
            except OSError as error:
                raise WrongSettingError(f"{_PREFIX}{name.upper()}_FILE: {error}") from error


def _refuse_unknown() -> None:
    known = {_PREFIX + name.upper() for name in Settings.model_fields} | {_PREFIX + "CONFIG"}
    known |= {f"{name}_FILE" for name in known}
    for name in os.environ:
        if name.startswith(_PREFIX) and name not in known:
            raise WrongSettingError(
                f"{name}: there is no such setting; `sportello config` lists them"
            )


@cache
def load() -> Settings:
    """The settings of this process, read once.

    Raises WrongSettingError with one line that names the first setting that is wrong, and why.
    """
    _read_file_variables()
    _refuse_unknown()
    try:
        return Settings()
    except (ValidationError, ValueError, OSError) as error:
        raise WrongSettingError(_first_reason(error)) from error


def _first_reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return f"{_PREFIX}CONFIG: {error}"
    first = error.errors(include_input=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    return f"{_PREFIX}{name}: {first['msg']}"
