"""How the page of the proof index looks: light and dark, on a screen and on paper, with no font to fetch."""

STYLE = """\
:root {
  --paper: #fbfaf7; --ink: #1d2125; --soft: #5c636b; --line: #dfdcd3; --card: #fff;
  --yes: #1b6e3c; --no: #b3261e; --wait: #8a5a00; --link: #1f5fa8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --ink: #e7e5df; --soft: #9aa2aa; --line: #2d3338; --card: #1b1f23;
    --yes: #6fcf97; --no: #ff8a80; --wait: #f0b95a; --link: #8ab8f0;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 3rem 1.25rem 5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.6rem 0 0.8rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
.answer { margin: 0 0 1.5rem; padding: 0.9rem 1.1rem; border-radius: 8px; background: var(--card);
  border: 1px solid var(--line); border-left: 5px solid var(--ink); font-weight: 600; }
.answer.yes { border-left-color: var(--yes); }
.answer.no { border-left-color: var(--no); }
.answer.rehearsal { border-left-color: var(--wait); }
pre, .wide { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
pre { padding: 0.9rem 1.1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code, pre { font: 0.86em/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.9rem;
  border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-size: 0.78rem; font-weight: 600; letter-spacing: 0.04em; text-transform:
uppercase; } td { overflow-wrap: anywhere; }
td.yes { color: var(--yes); }
td.no { color: var(--no); font-weight: 600; }
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --line: #bbb; --link: #000; }
  main { max-width: none; padding: 0; }
  tr { break-inside: avoid; }
  body { font-size: 10.5pt; }
}
"""
