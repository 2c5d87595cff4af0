"""Joinedup: the open operating system of an integrated care system."""
