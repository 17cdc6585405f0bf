"""The same questions as SQL for Athena over the log bucket, for logs that outgrow one machine."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from s3_perimeter.reporting.errors import CommandError

__all__ = ["COLUMNS", "INPUT_REGEX", "athena_sql"]

NUMBER: Final = r"([0-9]+|-)"
# What ends a request line: the version of HTTP, and the quote.
VERSION: Final = r'[^\n]* HTTP/[0-9.]+"'
ANY: Final = r'[^\n]*?"'
# Of the readings of a line that more than six quotes allow for, the one that `lines.py` takes: with a version
# at the end of the request line, a refusal by a policy, another refusal, the first.
URI: Final = "|".join(
    (
        rf"{VERSION}(?= 403 AccessDenied )",
        rf"{VERSION}(?= 403 )",
        VERSION.replace("*", "*?", 1),
        rf"{ANY}(?= 403 AccessDenied )",
        rf"{ANY}(?= 403 )",
        ANY,
    )
)
# `[^\n]` and not `.`, which in Java stops at more characters than those that end a line.
REFERRER: Final = r'("[^\n]*"(?= ")|-|"[^\n]*")'
AGENT: Final = r'("[^\n]*"|-)'
COLUMNS: Final = (
    ("bucketowner", r"([^ ]+)"),
    ("bucket_name", r"([^ ]+)"),
    ("requestdatetime", r"\[([^\]]+)\]"),
    ("remoteip", r"([^ ]+)"),
    ("requester", r"([^ ]+)"),
    ("requestid", r"([^ ]*)"),
    ("operation", r"([^ ]+)"),
    ("key", r"([^ ]+)"),
    ("request_uri", rf'(-|"(?:{URI}))'),
    ("httpstatus", r"([0-9]{3}|-)"),
    ("errorcode", r'([^ "]+)'),
    ("bytessent", NUMBER),
    ("objectsize", NUMBER),
    ("totaltime", NUMBER),
    ("turnaroundtime", NUMBER),
    ("referrer", REFERRER),
    ("useragent", AGENT),
)
"""The columns up to the user agent, which the last quote of a line ends; what follows is skipped."""
INPUT_REGEX: Final = "^" + " ".join(pattern for _, pattern in COLUMNS) + r"(?: [^\n]*)?$"

TABLE: Final = """\
-- Athena runs one statement at a time.
-- 1. once: the table over the log bucket (Athena reads it in place)
CREATE DATABASE IF NOT EXISTS {database};
DROP TABLE IF EXISTS {database}.{table};
CREATE EXTERNAL TABLE {database}.{table} (
  {columns}
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '{regex}')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://{bucket}/{prefix}';
"""
REQUESTS: Final = """\
entries (cidr) AS (VALUES {entries}),
requests AS (
  SELECT remoteip AS address, requester, operation, httpstatus, errorcode,
         TRY(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) AS moment,
         NULLIF(regexp_extract(useragent, 's3-perimeter-verify/([0-9a-f]{{32}})', 1), '') AS run
  FROM {database}.{table})"""
REFUSED: Final = """
-- 2. whose requests are denied, since {since:%Y-%m-%d %H}:00 UTC; without the probes of `perimeter verify`,
--    each run of which was answered at an allowed address as well
WITH {requests},
own AS (
  SELECT run, requester, min(moment) AS begun, max(moment) AS ended
  FROM requests JOIN entries ON contains(cidr, TRY(CAST(address AS ipaddress)))
  WHERE run IS NOT NULL AND requester <> '-' AND httpstatus LIKE '2%'
  GROUP BY run, requester)
SELECT address, requests.requester, operation, errorcode, count(*) AS requests,
       min(moment) AS first_seen, max(moment) AS last_seen
FROM requests LEFT JOIN own ON own.run = requests.run AND requests.requester IN (own.requester, '-')
  AND moment BETWEEN begun - interval '1' hour AND ended + interval '1' hour
WHERE httpstatus = '403' AND moment >= {moment} AND own.run IS NULL
GROUP BY address, requests.requester, operation, errorcode
ORDER BY requests DESC;
"""
UNUSED: Final = """
-- 2. which entries of the allow-list nobody used, since {since:%Y-%m-%d %H}:00 UTC
WITH {requests},
seen AS (
  SELECT DISTINCT TRY(CAST(address AS ipaddress)) AS address
  FROM requests
  WHERE httpstatus <> '403' AND moment >= {moment})
SELECT cidr FROM entries LEFT JOIN seen ON contains(cidr, address)
GROUP BY cidr
HAVING count(address) = 0;
"""
LEFT_OUT: Final = """
-- 3. what this leaves out: lines that were not read, and older lines
WITH {requests}
SELECT count(*) AS lines, count_if(moment IS NULL) AS not_read, count_if(moment < {moment}) AS older,
       count_if(moment < {moment} AND httpstatus = '403') AS older_refused
FROM requests;
"""


def athena_sql(
    bucket: str, prefix: str, since: datetime, entries: tuple[str, ...], *, unused: bool = False
) -> str:
    """Table definition and queries: who is denied from outside of the allow-list's entries, or which of
    them are unused.

    Raises CommandError where a name cannot be put into SQL.
    """
    for name in (bucket, prefix, *entries):
        if not re.fullmatch(r"[A-Za-z0-9!._*()/:=-]*", name):
            raise CommandError(
                f"`{name}` cannot be written into SQL", "use --logs, or change the name in the config"
            )
    names = {
        "database": "s3_access_logs",
        "table": re.sub(r"[^a-z0-9]", "_", bucket.lower()),
        "since": since,
        "moment": f"timestamp '{since:%Y-%m-%d %H}:00:00 UTC'",
        "bucket": bucket,
        "prefix": prefix if not prefix or prefix.endswith("/") else prefix.rpartition("/")[0] + "/",
        "columns": ",\n  ".join(f"`{name}` string" for name, _ in COLUMNS),
        # The text stands in a Hive string, where a backslash is written twice.
        "regex": INPUT_REGEX.replace("\\", "\\\\"),
        "entries": ", ".join(f"('{cidr}')" for cidr in entries),
    }
    requests = REQUESTS.format(**names)
    return "".join(
        text.format(requests=requests, **names) for text in (TABLE, UNUSED if unused else REFUSED, LEFT_OUT)
    )
