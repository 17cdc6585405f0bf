"""A stack's config: every key read, every mistake told at once, the result frozen."""

from perimeter.settings.access_logs import AccessLogs
from perimeter.settings.allowed import AllowedNetwork
from perimeter.settings.encryption import Encryption
from perimeter.settings.report import NAMESPACE, ConfigMistake, ConfigWarning, SettingsError
from perimeter.settings.settings import KEYS, Settings
from perimeter.settings.users import Access, User

__all__ = [
    "KEYS",
    "NAMESPACE",
    "Access",
    "AccessLogs",
    "AllowedNetwork",
    "ConfigMistake",
    "ConfigWarning",
    "Encryption",
    "Settings",
    "SettingsError",
    "User",
]
