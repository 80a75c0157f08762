"""The business numbers as people see them, and what WhatsApp told about them."""
