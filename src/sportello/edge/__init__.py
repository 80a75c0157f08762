"""What comes in: webhooks and live updates, bare ASGI."""
