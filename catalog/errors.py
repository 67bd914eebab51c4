"""What the catalog refuses, without HTTP in it: app/errors.py gives each its status."""


class CatalogError(Exception):
    """Base of what the catalog refuses; the message says what, why, and what to do."""
