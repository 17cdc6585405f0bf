"""Configs for the tests of settings: one that is fine, and what reading a changed one says."""

from datetime import date

from s3_perimeter.settings import Settings, SettingsError

TODAY = date(2026, 11, 23)
FINE = "8.8.8.0/24"


def parse(stack: str = "dev", **config: object) -> Settings:
    """Settings of a config that allows one network unless it says otherwise."""
    whole = {"allowedNetworks": [FINE], **config}
    return Settings.parse(whole, project="s3-perimeter", stack=stack, today=TODAY)


def remarks(key: str, value: object) -> list[list[str]]:
    """What is said of a config with that value, each remark as it is printed, in lines."""
    config = {"allowedNetworks": [FINE], key: value}
    try:
        found: tuple[object, ...] = Settings.parse(
            config, project="s3-perimeter", stack="dev", today=TODAY
        ).warnings
    except SettingsError as error:
        found = error.mistakes
    return [str(remark).split("\n") for remark in found]
