"""Meta's price lists as they ship; PROVENANCE.md says where each row comes from."""
