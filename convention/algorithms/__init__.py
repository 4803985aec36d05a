"""Public methods, pure: tallies, text differences. No web, no database."""
