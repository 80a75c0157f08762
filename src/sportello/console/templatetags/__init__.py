"""What the templates can say beside Django's own words."""
