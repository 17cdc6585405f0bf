"""Encryption to one recipient: age by its library, PGP by the `gpg` program."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from s3_perimeter.reporting.errors import CommandError

__all__ = ["encrypt"]

AGE = ("age1", "ssh-")
LONGEST = 16_384


def encrypt(content: bytes, recipient: str) -> bytes:
    """Return the content, armoured, for this recipient alone. Raises CommandError where the recipient is
    none.
    """
    written = _written_in(recipient)
    if written.startswith(AGE):
        return _with_age(content, written)
    return _with_gpg(content, recipient)


def _written_in(recipient: str) -> str:
    """Return the recipient itself, or the public key of age or SSH that the file of this name holds in its
    first line.
    """
    path = Path(recipient)
    if recipient.startswith(AGE) or not path.is_file():
        return recipient
    try:
        lines = path.read_bytes()[:LONGEST].decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise CommandError(f"cannot read `{recipient}`: {error.strerror}") from error
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if any("PRIVATE KEY" in line or line.startswith("AGE-SECRET-KEY") for line in keys):
        raise CommandError(
            f"`{recipient}` contains a private key, which nobody else should have", "use the public key"
        )
    return keys[0] if keys and keys[0].startswith(AGE) else recipient


def _with_age(content: bytes, recipient: str) -> bytes:
    """Encrypt to an age or SSH public key."""
    import pyrage

    try:
        kind = pyrage.ssh if recipient.startswith("ssh-") else pyrage.x25519
        armoured: bytes = pyrage.encrypt(content, [kind.Recipient.from_str(recipient)], armored=True)
    except (pyrage.RecipientError, pyrage.EncryptError, ValueError) as error:
        raise CommandError(
            f"`{recipient[:24]}` is not an age recipient: {error}", "ask for the whole public key"
        ) from error
    return armoured if armoured.endswith(b"\n") else armoured + b"\n"


def _with_gpg(content: bytes, recipient: str) -> bytes:
    """Encrypt to a PGP key.

    A whole fingerprint, or a file, says by itself whose key it is. A mail address does not: gpg then insists
    that the key was verified.
    """
    fingerprint = re.fullmatch(r"(0x)?[0-9A-Fa-f]{40}", recipient.replace(" ", ""))
    to = ["--recipient-file", recipient] if Path(recipient).is_file() else ["--recipient", recipient]
    trust = ["--trust-model", "always"] if fingerprint else []
    command = ["gpg", "--batch", "--no-tty", "--armor", "--output", "-", *trust, *to, "--encrypt"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise CommandError(
            "there is no `gpg` on PATH", "install GnuPG, or use an age recipient (age1…)"
        ) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it printed no message"]
        raise CommandError(
            f"gpg cannot encrypt to `{recipient}`: {lines[-1]}",
            "import the key and give its whole fingerprint, or give the file with the public key",
        )
    return done.stdout
