"""How the report looks: on a screen, in the dark, on a telephone, and printed."""

from __future__ import annotations

from typing import Final

__all__ = ["STYLE"]

STYLE: Final = """
:root{color-scheme:light dark;--ink:#1a2230;--paper:#fff;--soft:#5b6676;--line:#d5dbe3;--panel:#f5f7fa;
--good:#1d7a46;--bad:#b3261e;--warn:#8a5a00;--blue:#2f6199}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--paper:#11161d;--soft:#9aa6b5;--line:#313b48;
--panel:#19212b;--good:#5fcf8e;--bad:#ff8a80;--warn:#ffc766;--blue:#8ab8ea}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1.5rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:.2rem 0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line)}
p,li{max-width:46rem}.soft{color:var(--soft)}
code{font-family:ui-monospace,monospace;font-size:.9em;white-space:nowrap}
code.long{white-space:normal;overflow-wrap:anywhere}pre code{white-space:inherit}
.verdict{display:flex;flex-wrap:wrap;gap:.8rem;margin:1rem 0}
.verdict div{flex:1 1 12rem;background:var(--panel);border:1px solid var(--line);border-radius:.5rem;
padding:.7rem .9rem}
.verdict strong{display:block;font-size:1.1rem}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.wide{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{border-bottom:1px solid var(--line);padding:.3rem .55rem;text-align:left;vertical-align:top}
th{color:var(--soft);font-weight:600}td.allowed{color:var(--good);font-weight:600}td.denied{color:var(--bad)}
td.iam,td.none{color:var(--soft)}
svg{width:100%;height:auto;background:var(--panel);border:1px solid var(--line);border-radius:.5rem}
.diagram{font:12px system-ui,sans-serif}.diagram text{fill:var(--ink)}.diagram .title{font-weight:600}
.diagram .small{font-size:11px}.diagram .mid{text-anchor:middle;fill:var(--soft)}
.diagram rect{fill:var(--paper);stroke:var(--line)}.diagram rect.allowed{stroke:var(--good)}
.diagram rect.denied{stroke:var(--bad);stroke-dasharray:5 3}
.diagram line{stroke:var(--soft);stroke-width:1.6}.diagram line.allowed{stroke:var(--good)}
.diagram line.denied{stroke:var(--bad);stroke-dasharray:5 3}
.diagram line.fence{stroke:var(--blue);stroke-width:4}
.diagram .cloud{fill:none;stroke:var(--line)}.address-map{color:var(--ink);padding:.4rem}
@media(max-width:40rem){body{padding:.8rem}h1{font-size:1.25rem}}
@media print{:root{--ink:#000;--paper:#fff;--soft:#444;--line:#bbb;--panel:#fff;--good:#0a5c2f;--bad:#8c1d18;
--warn:#6b4500;--blue:#234}body{max-width:none;padding:0;font-size:11pt}h2{break-after:avoid}
tr,svg,.verdict{break-inside:avoid}.wide{overflow:visible}pre{white-space:pre-wrap}}
@page{margin:16mm}
"""
