"""Automations: an event, a wait, a template; written, tried, started, and their history."""
