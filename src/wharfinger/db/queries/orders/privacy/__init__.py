"""Whose personal data is due, the proof of it, and what is held about one person."""
