"""What messages cost: the price on a button, and the ledger of a month."""
