"""Customers and their consents: the pages, and the deeds that pages and API share."""
