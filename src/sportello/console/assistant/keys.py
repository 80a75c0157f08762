"""Keys of language models and secrets of actions: written here, never read back."""

from sportello.console import sealing
from sportello.schema.actions import Action, ActionSecret
from sportello.schema.assistant import LanguageModel, ModelKey
from sportello.schema.file_reading import VoiceKey

_LAST = 4


def keep(model: LanguageModel, key: str) -> None:
    """Seals the key into its place. The rows of the key may not be read, so the old one goes."""
    sealed = sealing.for_model(model.pk, key)
    forget(model)
    ModelKey.objects.bulk_create(
        [ModelKey(workspace_id=model.workspace_id, model=model, sealed=sealed)]
    )
    model.key_last4 = key[-_LAST:] if len(key) > 2 * _LAST else ""
    model.save(update_fields=["key_last4"])


def forget(model: LanguageModel) -> None:
    rows = ModelKey.objects.filter(model_id=model.pk)
    rows._raw_delete(rows.db)  # noqa: SLF001  # the plain one reads every column, which we may not


def keep_voice(workspace_id: int, key: str) -> str:
    """The same for whoever writes voice notes down; what may be shown of the key."""
    sealed = sealing.for_voice(workspace_id, key)
    forget_voice(workspace_id)
    VoiceKey.objects.bulk_create([VoiceKey(workspace_id=workspace_id, sealed=sealed)])
    return key[-_LAST:] if len(key) > 2 * _LAST else ""


def forget_voice(workspace_id: int) -> None:
    rows = VoiceKey.objects.filter(workspace_id=workspace_id)
    rows._raw_delete(rows.db)  # noqa: SLF001  # the plain one reads every column, which we may not


def keep_secret(action: Action, secret: str) -> None:
    """The same for the value of an action's header."""
    sealed = sealing.for_action(action.pk, secret)
    forget_secret(action)
    ActionSecret.objects.bulk_create(
        [ActionSecret(workspace_id=action.workspace_id, action=action, sealed=sealed)]
    )
    action.secret_last4 = secret[-_LAST:] if len(secret) > 2 * _LAST else ""
    action.save(update_fields=["secret_last4"])


def forget_secret(action: Action) -> None:
    rows = ActionSecret.objects.filter(action_id=action.pk)
    rows._raw_delete(rows.db)  # noqa: SLF001  # the plain one reads every column, which we may not
