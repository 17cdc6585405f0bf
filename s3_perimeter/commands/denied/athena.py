"""The same questions as SQL for Athena over the log bucket, for logs that outgrow one machine."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from s3_perimeter.commands.errors import CommandError

__all__ = ["COLUMNS", "INPUT_REGEX", "athena_sql"]

# The columns up to the error code; what follows in a line is skipped.
COLUMNS: Final = (
    ("bucketowner", r"([^ ]*)"),
    ("bucket_name", r"([^ ]*)"),
    ("requestdatetime", r"\[([^\]]*)\]"),
    ("remoteip", r"([^ ]*)"),
    ("requester", r"([^ ]*)"),
    ("requestid", r"([^ ]*)"),
    ("operation", r"([^ ]*)"),
    ("key", r"([^ ]*)"),
    ("request_uri", r'("[^"]*"|-)'),
    ("httpstatus", r"(-|[0-9]*)"),
    ("errorcode", r"([^ ]*)"),
)
INPUT_REGEX: Final = "^" + " ".join(pattern for _, pattern in COLUMNS) + " .*$"

TABLE: Final = """\
-- 1. once: the table over the log bucket (Athena reads it in place)
CREATE DATABASE IF NOT EXISTS {database};
CREATE EXTERNAL TABLE IF NOT EXISTS {database}.{table} (
  {columns}
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '{regex}')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://{bucket}/{prefix}';
"""
REFUSED: Final = """
-- 2. who is being turned away, since {since:%Y-%m-%d %H}:00 UTC
SELECT remoteip AS address, requester, operation, errorcode, count(*) AS requests,
       min(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) AS first,
       max(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) AS last
FROM {database}.{table}
WHERE httpstatus = '403'
  AND parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') >= timestamp '{since:%Y-%m-%d %H}:00:00 UTC'
GROUP BY remoteip, requester, operation, errorcode
ORDER BY requests DESC;
"""
UNUSED: Final = """
-- 2. which entries of the allow-list let nobody in, since {since:%Y-%m-%d %H}:00 UTC
WITH entries (cidr) AS (VALUES {entries}),
seen AS (
  SELECT DISTINCT TRY(CAST(remoteip AS ipaddress)) AS address
  FROM {database}.{table}
  WHERE httpstatus <> '403'
    AND parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') >= timestamp '{since:%Y-%m-%d %H}:00:00
    UTC')
SELECT cidr FROM entries LEFT JOIN seen ON contains(cidr, address)
GROUP BY cidr
HAVING count(address) = 0;
"""


def athena_sql(bucket: str, prefix: str, since: datetime, unused: tuple[str, ...] | None = None) -> str:
    """Table definition and query; `unused` holds the allow-list's entries where that is the question.

    Raises CommandError where a name cannot be put into SQL.
    """
    for name in (bucket, prefix, *(unused or ())):
        if not re.fullmatch(r"[A-Za-z0-9!._*()/:=-]*", name):
            raise CommandError(
                f"`{name}` cannot be written into SQL", "use --logs, or mend the name in the config"
            )
    names = {
        "database": "s3_access_logs",
        "table": re.sub(r"[^a-z0-9]", "_", bucket.lower()),
        "since": since,
        "bucket": bucket,
        "prefix": prefix if not prefix or prefix.endswith("/") else prefix.rpartition("/")[0] + "/",
        "columns": ",\n  ".join(f"`{name}` string" for name, _ in COLUMNS),
        # The text stands in a Hive string, where a backslash is written twice.
        "regex": INPUT_REGEX.replace("\\", "\\\\"),
        "entries": ", ".join(f"('{cidr}')" for cidr in unused or ()),
    }
    return (TABLE + (REFUSED if unused is None else UNUSED)).format(**names)
