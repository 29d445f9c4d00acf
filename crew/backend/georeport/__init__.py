"""Open311 GeoReport v2 for citizens' apps: what can be reported, what was reported, and reporting. Backend layer."""

from crew.backend.georeport.routes import ENDPOINTS

__all__ = ["ENDPOINTS"]
