"""Takes in the files that cities have: their own CSV, and GeoReport v2 as JSON or JSON Lines. Backend layer.

A bad record is skipped and named; it never ends an import. The same file twice changes nothing.
"""

from crew.backend.importing.run import import_file
from crew.backend.importing.summary import ImportSummary

__all__ = ["ImportSummary", "import_file"]
