"""Files and pages that the company gives us, as text: what is hostile in them ends here."""
