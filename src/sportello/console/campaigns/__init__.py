"""Campaigns: written, checked, started, stopped, reported."""
