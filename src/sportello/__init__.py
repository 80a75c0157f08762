"""Sportello: a customer-care desk on a company's WhatsApp Business number."""
