"""How a page looks: paper and ink, figures on one line, in the light, in the dark and in print."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #22262b; --quiet: #6a6f76; --line: #e0dcd3; --accent: #0f6e6e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --ink: #d6d9de; --quiet: #8b929c; --line: #2b313b; --accent: #5fb3b3;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 14px/1.45 "Helvetica Neue", "Segoe UI", "Liberation Sans", Arial, sans-serif;
}
main { max-width: max-content; margin: 0 auto; padding: 2.5rem clamp(1rem, 4vw, 3rem) 3rem; }
h1 { margin: 0; font-size: 1.8em; font-weight: 600; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 .5rem; font-size: 1.08em; font-weight: 600; }
header p { margin: .3rem 0 1.5rem; color: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums lining-nums; }
caption { padding-bottom: .6rem; text-align: left; color: var(--quiet); }
th, td {
  padding: .22rem .5rem; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: baseline; white-space: nowrap;
}
thead th { border-bottom: 1.5px solid var(--ink); font-weight: 600; }
tbody th { font-weight: 700; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.l { white-space: normal; min-width: 13rem; max-width: 18rem; }
.n { text-align: right; }
.g { padding-left: 1.5rem; }
.r { color: var(--quiet); font-weight: 400; }
.a { color: var(--accent); font-size: .75em; padding-left: .2em; }
td.s { font-weight: 600; }
.m1, .m2 {
  display: inline-block; text-align: left; color: var(--quiet); font-weight: 400;
  font-family: ui-monospace, "Liberation Mono", monospace; font-size: .85em;
}
.m1 { width: 1.1ch; }
.m2 { width: 2.1ch; }
.q { color: var(--quiet); font-weight: 400; }
.legend { margin: .8rem 0 0; color: var(--quiet); }
section { margin-top: 2rem; max-width: 62rem; }
dl { margin: 0; }
.pairs {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .15rem 2rem;
}
.pairs div { display: flex; gap: .6rem; }
.glossary div { display: flex; gap: .6rem; padding: .12rem 0; }
dt { color: var(--quiet); flex: none; }
.glossary dt { width: 10rem; }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding: 0; list-style: none; columns: 22rem; column-gap: 2rem; }
li { padding: .1rem 0; break-inside: avoid; overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 2px; }
footer {
  margin-top: 2.5rem; padding-top: .7rem; border-top: 1px solid var(--line);
  max-width: 62rem; color: var(--quiet); font-size: .88em; overflow-wrap: anywhere;
}
@media (max-width: 40rem) { .glossary div { display: block; } }
@page { size: A4 landscape; margin: 12mm; }
@media print {
  :root { --paper: #fff; --ink: #000; --quiet: #555; --line: #ccc; --accent: #000; }
  body { font-size: 8pt; line-height: 1.35; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 14pt; }
  header p, .legend, caption { margin: 2pt 0 6pt; padding: 0 0 2pt; }
  .wide { overflow: visible; }
  th, td { padding: 1.2pt 3.5pt; }
  .l { min-width: 90pt; }
  .g { padding-left: 9pt; }
  thead { display: table-header-group; }
  tr, section div { break-inside: avoid; }
  section, footer { margin-top: 10pt; max-width: none; }
  h2 { break-after: avoid; }
  a { text-decoration: none; }
}
"""
