"""Meta's Cloud API, locally: an emulator that any WhatsApp client can be tested on."""
