"""A stack's config: every key read, every mistake reported at once, the result frozen."""

from s3_perimeter.settings.access_logs import AccessLogs
from s3_perimeter.settings.allowed import AllowedNetwork
from s3_perimeter.settings.encryption import Encryption
from s3_perimeter.settings.people import Access
from s3_perimeter.settings.report import NAMESPACE, ConfigMistake, ConfigWarning, SettingsError
from s3_perimeter.settings.roles import Role
from s3_perimeter.settings.settings import KEYS, Settings
from s3_perimeter.settings.users import User

__all__ = [
    "KEYS",
    "NAMESPACE",
    "Access",
    "AccessLogs",
    "AllowedNetwork",
    "ConfigMistake",
    "ConfigWarning",
    "Encryption",
    "Role",
    "Settings",
    "SettingsError",
    "User",
]
