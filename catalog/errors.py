"""What the catalog refuses, without HTTP in it: app/errors.py gives each its status."""


class CatalogError(Exception):
    """Base of what the catalog refuses. `message` says what, why, and what to do, in English, with a
    blank such as %(kind)r for each of the `facts`; app/errors.py says it in the reader's language.
    """

    def __init__(self, message: str, **facts: object) -> None:
        """`message` stands as it is where it is raised: translators find it there."""
        super().__init__(message % facts if facts else message)
        self.message, self.facts = message, facts


class UnknownAuthorError(RuntimeError):
    """Something changes the directory and nobody said who: a mistake in the program, not of a person."""


class NotListedError(CatalogError):
    """No such row in the catalog."""


class EligibilityFactsError(CatalogError):
    """The facts of an eligibility rule are not what its kind needs."""


class CatalogValueError(CatalogError):
    """A value that the catalog cannot hold (a status that is no status, seats below zero)."""


class ImportFileError(CatalogError):
    """Base: a file handed over for import cannot be read. Nothing was changed."""


class MissingFileError(ImportFileError):
    """There is nothing at the path, or a file that the package must have is missing."""


class NotACatalogError(ImportFileError):
    """The file can be read, but is no directory of services."""


class UnclearSheetError(NotACatalogError):
    """A sheet whose columns nobody can guess: a mapping must say what they hold."""


class BrokenFileError(ImportFileError):
    """Damaged, or not what its name says: a broken zip, an unclosed quotation mark."""


class UnsafeFileError(ImportFileError):
    """Made to do harm, or indistinguishable from that: paths that climb out, a zip bomb."""


class TooLargeError(ImportFileError):
    """More than the import takes."""


class WrongEncodingError(ImportFileError):
    """Not UTF-8 text."""


class MostGoneError(CatalogError):
    """Most of what came from the directory before is not in it now, and nobody said that it is meant."""


class ImportBusyError(CatalogError):
    """The same directory is being imported just now, by another process."""


class ExportFormatError(CatalogError):
    """The format asked for cannot hold the catalog as it is. Another one can."""


class ExportPlaceError(CatalogError):
    """An export cannot be written where it was told to. What was there is as it was."""
