#pragma once

#include <string_view>

namespace doseline::loadtest {

// The look of the report: on a screen, on a phone, and on paper without colours.
inline constexpr std::string_view html_style = R"css(
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:20px 16px 40px;color:#1b2430;background:#fff;
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{margin:0;font-size:26px;line-height:1.2}
h2{margin:0 0 8px;font-size:17px}
h2::first-letter{text-transform:uppercase}
header p{margin:4px 0 0;color:#4b5766;overflow-wrap:anywhere}
.verdict{margin:16px 0;padding:10px 14px;border:2px solid #1c7a3e;border-left-width:10px;
border-radius:4px;font-weight:600;font-size:17px}
.verdict.bad{border-color:#b3261e;background:#fdf0ef}
.notes{margin:0 0 16px;padding:10px 14px 10px 32px;border:1px solid #9a6b00;border-radius:4px;
background:#fff8e6}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(138px,1fr));gap:8px;margin:16px 0}
.tiles div{padding:8px 10px;border:1px solid #d3dae2;border-radius:4px}
.tiles dt{font-size:13px;color:#4b5766}
.tiles dd{margin:0;font-size:20px;font-weight:600;font-variant-numeric:tabular-nums}
.tiles dd.ratio{font-size:12px;font-weight:400;color:#4b5766}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));gap:20px 24px;
margin:24px 0}
figure{margin:0;break-inside:avoid}
figcaption{font-weight:600}
figure>svg{display:block;width:100%;height:auto}
.key{margin:2px 0;font-size:13px;color:#1b2430}
.key span{display:inline-block;margin-right:12px;white-space:nowrap}
.key svg{width:34px;height:8px;margin-right:5px;vertical-align:middle}
.none{margin:4px 0;padding:24px;border:1px dashed #b8c2cc;color:#4b5766}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#36424f}
svg .side{text-anchor:end}
svg .below,svg .name{text-anchor:middle}
svg .name{fill:#4b5766}
svg path{fill:none;stroke-linejoin:round}
svg .grid{stroke:#d8dee5;stroke-width:1}
svg path.l1{stroke:#0b4f9c;stroke-width:2.2}
svg path.l2{stroke:#c25500;stroke-width:1.7;stroke-dasharray:7 3}
svg path.l3{stroke:#5b6673;stroke-width:1.4;stroke-dasharray:1.5 2.5}
svg path.l4{stroke:#8a1f6a;stroke-width:1.7;stroke-dasharray:9 3 2 3}
svg path.l5{stroke:#b3261e;stroke-width:2.6;stroke-dasharray:3 3}
svg circle.l1{fill:#0b4f9c}svg circle.l2{fill:#c25500}svg circle.l3{fill:#5b6673}
svg circle.l4{fill:#8a1f6a}svg circle.l5{fill:#b3261e}
svg .bar{fill:#0b4f9c}
.tables{columns:2 430px;column-gap:24px}
section{break-inside:avoid;margin:0 0 24px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:4px 10px 4px 0;border-bottom:1px solid #e2e7ec;text-align:left;vertical-align:top;
font-weight:400}
th{color:#36424f}
td{overflow-wrap:break-word}
td:last-child{overflow-wrap:anywhere}
.v{text-align:right;padding-right:0;padding-left:10px}
.verdicts td:first-child{white-space:nowrap}
.verdicts td:nth-child(2){width:30%}
small{color:#4b5766;font-size:inherit}
.comparison{max-width:680px}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding-right:0;padding-left:10px}
tr.failed td{font-weight:700;color:#b3261e}
pre{margin:0;padding:10px;border:1px solid #d3dae2;border-radius:4px;white-space:pre-wrap;
overflow-wrap:anywhere;font-size:13px}
@media(max-width:560px){body{padding:14px 12px 32px}h1{font-size:22px}
.tiles{grid-template-columns:repeat(3,1fr);gap:6px}.tiles div{padding:6px 8px}
.tiles dd{font-size:16px}.tiles dt{font-size:12px}.tiles dd.ratio{font-size:11px}table{font-size:13px}
.verdicts td:nth-child(2){width:auto}}
@media print{@page{margin:14mm}body{max-width:none;padding:0;font-size:11px;color:#000}
.charts{grid-template-columns:1fr 1fr;gap:12px 18px;margin:12px 0}.tiles{grid-template-columns:repeat(6,1fr);gap:4px}
.tiles dd{font-size:14px}.tiles dt,.tiles dd.ratio{font-size:10px}table,pre{font-size:10px}
.key{font-size:10px}.tables{columns:2}.wide{overflow:visible}
.verdict.bad,.notes{background:none}tr.failed td{color:#000}}
)css";

}  // namespace doseline::loadtest
