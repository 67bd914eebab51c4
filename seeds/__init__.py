"""Demonstration data and its loader. Stands above the app: nothing in app imports it."""
