"""The stand's own certificate authority, and the server certificate that every TLS listener shows."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

NAMES = ("localhost", "*.localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Two files of a stand: the authority (``AWS_CA_BUNDLE``), and key and chain of the server."""

    authority: Path
    server: Path

    def context(self) -> ssl.SSLContext:
        """Return what a listener terminates TLS with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_3  # what `s3:TlsVersion` and the access log then say
        context.load_cert_chain(self.server)
        return context


def certificates(directory: Path) -> Certificates:
    """Return the certificates kept in ``directory``, made at first. The authority's key is not kept."""
    made = Certificates(directory / "ca.pem", directory / "server.pem")
    if not (made.authority.exists() and made.server.exists()):
        import trustme  # here, since a start with kept certificates needs none of it

        authority = trustme.CA(organization_name="s3-perimeter embedded AWS")
        leaf = authority.issue_cert(*NAMES)
        made.server.touch(0o600)
        leaf.private_key_and_cert_chain_pem.write_to_path(made.server)
        authority.cert_pem.write_to_path(made.authority)
    return made
