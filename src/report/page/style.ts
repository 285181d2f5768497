import { themeCss } from '../figures/index.ts';

/** The style of the report: system fonts, one column, light and dark, phone and print. */
export const pageCss = `${themeCss}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}
body{margin:0;font:17px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;text-rendering:optimizeLegibility}
main,header,footer{max-width:46rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:3rem}
.eyebrow{font-size:.82rem;letter-spacing:.02em;color:var(--soft);margin:0}
h1{font-size:1.85rem;line-height:1.2;letter-spacing:-.015em;margin:.3rem 0 .5rem;font-weight:680;overflow-wrap:anywhere}
h2{font-size:1.4rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .8rem;font-weight:660}
h2 .number{color:var(--soft);font-weight:400;margin-right:.45em;font-variant-numeric:tabular-nums}
h3{font-size:1.02rem;line-height:1.35;margin:0 0 .5rem;font-weight:640}
p{margin:.7rem 0}
a{color:var(--link);text-decoration-thickness:.06em;text-underline-offset:.18em}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
.scope{color:var(--soft);margin:.2rem 0 0}
.banner{border-left:3px solid var(--series-1);background:var(--panel);padding:.6rem .9rem;margin:1.2rem 0 0;border-radius:0 4px 4px 0}
nav ol{list-style:none;display:flex;flex-wrap:wrap;gap:0 1.1rem;line-height:1.35;margin:1.3rem 0 0;padding:.65rem 0;border-top:1px solid var(--line);border-bottom:1px solid var(--line);font-size:.86rem}
nav a{text-decoration:none;padding:.25rem 0;display:inline-block}
nav a:hover{text-decoration:underline}
section{margin:3.2rem 0 0;scroll-margin-top:1rem}
section:first-of-type{margin-top:2rem}
.lead{font-size:1.22rem;line-height:1.5;margin:.4rem 0 1rem}
.note{font-size:.86rem;line-height:1.5;color:var(--soft)}
ul{padding-left:1.15rem;margin:.7rem 0}li{margin:.25rem 0}nav li{margin:0}
.level{font-weight:640;white-space:nowrap}
.level::before{content:"";display:inline-block;width:.62em;height:.62em;border-radius:50%;background:var(--level);margin-right:.32em}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:.9rem;margin:1.4rem 0}
@media(max-width:42rem){.cards{grid-template-columns:1fr}}
.card{border:1px solid var(--line);border-top:4px solid var(--level,var(--line));border-radius:6px;padding:.8rem 1rem .9rem;min-width:0}
.card h3{display:flex;justify-content:space-between;gap:.8rem;font-size:.9rem;color:var(--soft);font-weight:500;margin:0;overflow-wrap:anywhere}
.card .verdict{font-size:1.3rem;line-height:1.25;font-weight:660;margin:.15rem 0 .35rem;overflow-wrap:anywhere}
.card ul{list-style:none;padding:0;margin:0;font-size:.88rem;line-height:1.5}
.card li{margin:.1rem 0}
figure{margin:2.2rem 0;scroll-margin-top:1rem;break-inside:avoid}
figure.missing{background:var(--panel);padding:.9rem 1rem;border-radius:6px}
figure.missing p{margin:.2rem 0 0;font-size:.92rem}
.plot-frame{overflow-x:auto;margin:.3rem 0}
.plot-frame svg{display:block;height:auto;max-width:100%;min-width:var(--least,0px);font-family:inherit}
figcaption{font-size:.86rem;line-height:1.5;color:var(--soft);margin:.5rem 0 .3rem}
.behind{display:flex;flex-wrap:wrap;align-items:baseline;gap:.2rem 1.1rem;font-size:.86rem}
.behind details[open]{flex-basis:100%}
.files{margin:0}.files a+a{margin-left:.7rem}
details>summary{cursor:pointer;color:var(--link);font-size:.9rem}
details{margin:.5rem 0}
.wide{overflow-x:auto;margin:.6rem 0 1rem}details .wide{max-height:34rem}
.plot-frame,.wide{background:linear-gradient(to right,var(--paper) 40%,transparent) 0 0/2.5rem 100% no-repeat local,linear-gradient(to left,var(--paper) 40%,transparent) 100% 0/2.5rem 100% no-repeat local,linear-gradient(to right,var(--shade),transparent) 0 0/.8rem 100% no-repeat,linear-gradient(to left,var(--shade),transparent) 100% 0/.8rem 100% no-repeat;--shade:color-mix(in srgb,var(--ink) 30%,transparent)}
table{border-collapse:collapse;font-size:.84rem;line-height:1.4;font-variant-numeric:tabular-nums}
.caption{font-size:.86rem;line-height:1.5;color:var(--soft);margin:1rem 0 0}
th,td{text-align:left;vertical-align:top;padding:.32rem .95rem .32rem 0;border-bottom:1px solid var(--line)}
thead th{font-weight:620;vertical-align:bottom;border-bottom-color:var(--soft)}
tbody th{font-weight:500}
.grid{width:100%}.grid td{min-width:6.6rem}.grid .below{display:block;color:var(--soft);font-size:.92em;padding-left:.94em}.grid tbody th{white-space:nowrap}
.number{text-align:right}
.none{color:var(--soft)}.prose{min-width:13rem}
code{font-size:.88em;background:var(--panel);padding:.1em .3em;border-radius:3px}
pre{background:var(--panel);padding:.75rem .9rem;overflow-x:auto;border-radius:6px;font-size:.84rem;line-height:1.5;max-height:30rem}
footer{padding-top:3rem;padding-bottom:3rem;font-size:.82rem;color:var(--soft)}
@media(max-width:30rem){body{font-size:16px}h1{font-size:1.6rem}header{padding-top:1.6rem}.lead{font-size:1.1rem}section{margin-top:2.4rem}}
@media print{body{font-size:10.5pt}main,header,footer{max-width:none;padding-left:0;padding-right:0}nav,.behind,.files{display:none}section{margin-top:1.6rem}h2,h3{break-after:avoid}.card,tr{break-inside:avoid}.plot-frame,.wide{overflow:visible;max-height:none;background:none}.plot-frame svg{max-width:100%;max-height:19cm;min-width:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit;text-decoration:none}details:not([open]){display:none}@page{margin:16mm}}
`;
