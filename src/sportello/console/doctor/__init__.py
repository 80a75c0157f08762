"""Why it does not leave: what the doctor is asked, what it found, and what a button may do."""
