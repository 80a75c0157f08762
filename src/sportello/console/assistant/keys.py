"""Keys of language models: written here, never read back."""

from django.conf import settings

from sportello.schema.assistant import LanguageModel, ModelKey
from sportello.store import vault

_LAST = 4


def keep(model: LanguageModel, key: str) -> None:
    """Seals the key into its place. The rows of the key may not be read, so the old one goes."""
    sealing = vault.key_of(settings.SECRET_KEY)
    sealed = vault.seal(sealing, key, f"sportello_modelkey:sealed:{model.pk}")
    forget(model)
    ModelKey.objects.bulk_create(
        [ModelKey(workspace_id=model.workspace_id, model=model, sealed=sealed)]
    )
    model.key_last4 = key[-_LAST:] if len(key) > 2 * _LAST else ""
    model.save(update_fields=["key_last4"])


def forget(model: LanguageModel) -> None:
    rows = ModelKey.objects.filter(model_id=model.pk)
    rows._raw_delete(rows.db)  # noqa: SLF001  # the plain one reads every column, which we may not
