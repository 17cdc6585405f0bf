"""A profile for the AWS CLI and SDKs, added to the files that they read; the other profiles stay
untouched.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from s3_perimeter.commands.credentials.private_file import append_private
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import AccessKey

__all__ = ["config_file", "sections", "title_of", "write_profile", "write_sections"]


def write_profile(name: str, key: AccessKey, region: str | None) -> str:
    """Add the profile, and say where; its files have mode 600.

    Raises CommandError where a profile of that name is there, or the name is none.
    """
    check_name(name)
    credentials = Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()
    config = config_file()
    section = title_of(name)
    for path, title in ((credentials, name), (config, section)):
        _check_free(path, title, name)
    # The settings first: a profile without a key is harmless, a key without its region is a riddle.
    append_private(config, f"[{section}]\nregion = {region}\n" if region else f"[{section}]\noutput = json\n")
    append_private(
        credentials, f"[{name}]\naws_access_key_id = {key.id}\naws_secret_access_key = {key.secret}\n"
    )
    return f"profile `{name}` was added to {credentials} and {config}"


def write_sections(added: dict[str, dict[str, str]]) -> Path:
    """Add sections, by title, to the AWS CLI's config file, and return its path; nothing in them is secret.

    Raises CommandError where one of them is there, or a value would not be read as one.
    """
    config = config_file()
    for value in (value for settings in added.values() for value in settings.values()):
        if not value.isprintable():
            raise CommandError(f"{value!r} contains a character that the file cannot store on one line")
    for title in added:
        _check_free(config, title, title.removeprefix("profile "))
    text = "\n".join(
        f"[{title}]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())
        for title, settings in added.items()
    )
    append_private(config, text)
    return config


def config_file() -> Path:
    """Return the AWS CLI's config file."""
    return Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def title_of(name: str) -> str:
    """Return the title of a profile's section in the config file."""
    return name if name == "default" else f"profile {name}"


def check_name(name: str) -> None:
    """Raise CommandError where this is no name for a profile."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}", name):
        raise CommandError(f"`{name}` is not a valid profile name", "use letters, digits and `._@+-`")


def _check_free(path: Path, title: str, name: str) -> None:
    """Raise CommandError where the file has a section of that title."""
    if title in sections(path):
        raise CommandError(
            f"profile `{name}` already exists in {path} and is not overwritten",
            "choose another name, or remove that profile yourself",
        )


def sections(path: Path) -> set[str]:
    """Return the titles of a file's sections, as the AWS CLI reads them; none where there is no file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return set()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path}: {error}") from error
    titles = re.findall(r"^\s*\[\s*([^\]]*?)\s*\]", text, re.MULTILINE)
    return {re.sub(r"\s+", " ", title).replace('"', "").replace("'", "") for title in titles}
