"""`python -m whatsapp_emulator` is the command `whatsapp-emulator`."""

from whatsapp_emulator.cli import main

main()
