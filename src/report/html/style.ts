/**
 * The style of the page. Light or dark as the reader has it, light in print; colours of groups after Okabe and Ito,
 * darker or lighter where they would fade on the background.
 */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --faint: #666; --line: #d0d0d0; --panel: #f6f6f4;
  --baseline: #1a1a1a; --depth: #0072b2; --width: #d55e00; --length: #009e73; --attention: #56b4e9;
  --compound: #b0548c; --control: #b87800; --other: #777; --good: #006e50; --bad: #b34700; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e8e8e6; --paper: #161618; --faint: #a4a4a4;
  --line: #444; --panel: #202023; --baseline: #e8e8e6; --depth: #56b4e9; --width: #f08030; --length: #1fc79a;
  --attention: #f0e442; --compound: #cc79a7; --control: #e69f00; --other: #999; --good: #1fc79a; --bad: #f08030; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .2rem 0 .6rem; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .4rem; } h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
p, ul { max-width: 46rem; margin: .4rem 0; } ul { padding-left: 1.2rem; }
.name, .note, figcaption { color: var(--faint); font-size: .875rem; } .name { margin: 0; }
.verdict { background: var(--panel); border-left: .3rem solid var(--depth); padding: .7rem 1rem; max-width: 50rem; }
.verdict p { max-width: none; }
.wide { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
thead th { font-weight: 600; vertical-align: bottom; white-space: normal; }
th:first-child, td.text, th.text { text-align: left; } tbody th { font-weight: 600; }
th:first-child { position: sticky; left: 0; background: var(--paper); }
tr.baseline > * { background: var(--panel); } td small { color: var(--faint); font-size: .93em; }
.better { color: var(--good); font-weight: 600; } .worse { color: var(--bad); font-weight: 600; }
table.cells small { white-space: normal; }
.failed, .diverged { color: var(--bad); font-weight: 600; } .pending { color: var(--faint); font-style: italic; }
.swatch { display: inline-block; width: .7em; height: .7em; margin-right: .4em; border-radius: 2px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem 1.2rem; }
.charts.large { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
figure { margin: 0; min-width: 0; break-inside: avoid; display: flex; flex-direction: column; justify-content: space-between; } figcaption { margin: 0 0 .2rem; }
figcaption b { color: var(--ink); } svg { width: 100%; max-width: 27rem; height: auto; display: block; background: none; overflow: visible; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .2rem 1rem; font-size: .875rem; margin: .4rem 0; }
dt { color: var(--faint); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
pre { font-size: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--panel); padding: .6rem; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; } .wide { overflow: visible; } table { font-size: 6.5pt; } th, td { padding: .1rem .2rem; }
  .note, figcaption { font-size: 8pt; } th:first-child { position: static; }
  tbody th { white-space: normal; overflow-wrap: anywhere; }
  .charts, .charts.large { grid-template-columns: repeat(2, 1fr); } }
`;
