"""An access key as text: the AWS console's CSV file, and what a password manager keeps."""

from __future__ import annotations

import csv
from io import StringIO

from s3_perimeter.reporting.output import as_json
from s3_perimeter.stack.deployed import AccessKey, Stack, User

__all__ = ["console_csv", "for_password_manager"]


def console_csv(user: str, key: AccessKey) -> str:
    """Return the file that the console gives with a new key, and that `aws configure import --csv` reads."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("User Name", "Access key ID", "Secret access key"))
    rows.writerow((user, key.id, key.secret))
    return text.getvalue()


def for_password_manager(form: str, stack: Stack, user: User, key: AccessKey) -> str:
    """Everything that one entry of a password manager needs, a line or a JSON key each."""
    entry = {
        "title": f"{stack.project} {stack.name}: {user.name}",
        "username": key.id,
        "password": key.secret,
        "bucket": stack.bucket,
        "region": stack.region,
        "account": stack.account,
        "iam user": user.iam_name,
        "slot": key.slot,
    }
    if form == "json":
        return as_json(entry) + "\n"
    return "".join(f"{name}: {value}\n" for name, value in entry.items() if value)
