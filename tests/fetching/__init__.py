"""The guarded client, against servers that mean harm."""
