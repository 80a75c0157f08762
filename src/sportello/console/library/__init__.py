"""What the company knows: its question-answer pairs."""
