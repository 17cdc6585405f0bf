"""The package's URLs: those of the repository that releases it, whoever's it is.

A build hook of hatchling. GitHub names the repository to its workflows. A build elsewhere states no URL: no
file here knows where the project lives.
"""

from __future__ import annotations

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Home(MetadataHookInterface):
    """Fills in ``project.urls``, which pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the URLs."""
        metadata["urls"] = urls(os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY"))


def urls(server: str | None, repository: str | None) -> dict[str, str]:
    """Return the URLs of a repository by their names; none where it is not known."""
    if not server or not repository:
        return {}
    home = f"{server}/{repository}"
    return {
        "Homepage": home,
        "Documentation": f"{home}/blob/main/docs/README.md",
        "Changelog": f"{home}/blob/main/CHANGELOG.md",
        "Issues": f"{home}/issues",
        "Security": f"{home}/security/policy",
    }
