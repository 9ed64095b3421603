#include "renderers/report/style.h"

namespace rookery::report {

const char kStyleSheet[] = R"css(
:root{color-scheme:light dark;
--bg:#fcfcfa;--soft:#f3f3ef;--ink:#1c2024;--muted:#5f6670;--line:#e2e1dc;--track:#ebeae5;
--accent:#1f6fb5;--good:#2a7f62;--bad:#c04a22;--note:#8a6d1c;
--c0:#1f6fb5;--c1:#e07b1a;--c2:#2a8f6d;--c3:#a3509a;--c4:#8a7a1e;--c5:#6b7480}
@media(prefers-color-scheme:dark){:root{
--bg:#14171a;--soft:#1d2125;--ink:#e7e9eb;--muted:#9aa3ad;--line:#2c3238;--track:#272c31;
--accent:#6db3f2;--good:#5fc39c;--bad:#f08a5d;--note:#d9b54a;
--c0:#62adf0;--c1:#f39a45;--c2:#57c59c;--c3:#d18ac9;--c4:#cfbd57;--c5:#98a2ad}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Cantarell,"Liberation Sans",sans-serif}
.page{max-width:1120px;margin:0 auto;padding:44px 28px 72px}
h1,h2,h3,p,figure,dl,dd{margin:0}
h1{font-size:2rem;line-height:1.2;font-weight:650;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.3rem;line-height:1.3;font-weight:620;letter-spacing:-.008em}
h3{font-size:1rem;font-weight:620}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
code,pre{font-family:ui-monospace,SFMono-Regular,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.kind{font-size:.78rem;font-weight:600;letter-spacing:.11em;text-transform:uppercase;color:var(--accent);margin-bottom:6px}
.subtitle{color:var(--muted);font-size:1.08rem;margin-top:6px;max-width:62ch}
.headlines{display:flex;flex-wrap:wrap;gap:26px 44px;align-items:flex-start;margin-top:34px}
.headline{flex:0 1 206px;min-width:124px;padding-top:2.25rem}
.headline.big{flex:0 1 330px;min-width:min(100%,300px);padding-top:0}
.value{font-size:1.7rem;line-height:1.15;font-weight:600;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}
.big .value{font-size:4.6rem;line-height:1;letter-spacing:-.04em}
.value span{font-size:.6em;font-weight:500;letter-spacing:0;color:var(--muted)}
.name{font-size:.95rem;font-weight:550}
.big .name{font-size:1.05rem;margin-top:4px}
.detail{font-size:.85rem;color:var(--muted);font-variant-numeric:tabular-nums}
.interval{position:relative;height:8px;border-radius:4px;background:var(--track);margin:9px 0 7px}
.big .interval{height:10px;border-radius:5px;margin-top:12px}
.interval i{position:absolute;top:0;bottom:0;min-width:3px;border-radius:5px;background:var(--accent);opacity:.38}
.interval b{position:absolute;top:-3px;bottom:-3px;width:3px;margin-left:-1.5px;border-radius:2px;background:var(--accent)}
.dots{margin-top:34px}
.dots p{font-size:.9rem;color:var(--muted);margin-bottom:8px}
.dots div{display:flex;flex-wrap:wrap;gap:4px}
.dot{display:block;width:15px;height:15px;border-radius:4px;background:var(--c5);border:2px solid var(--c5)}
.dot.good{background:var(--good);border-color:var(--good)}
.dot.bad{background:transparent;border-color:var(--bad)}
.dot.note{background:transparent;border-color:var(--note);border-style:dotted}
a.dot:hover,a.dot:focus-visible{outline:2px solid var(--ink);outline-offset:1px}
.many .dot{width:9px;height:9px;border-radius:2px}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:34px;padding-top:14px;border-top:1px solid var(--line);font-size:.92rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
section,details.section{margin-top:56px;scroll-margin-top:16px}
.lead{color:var(--muted);max-width:68ch;margin-top:4px}
.block{margin-top:22px}
.block+.block{margin-top:34px}
.block h3{margin-bottom:10px}
.text{max-width:68ch}
.text p+p{margin-top:.8em}
.box{border-left:3px solid var(--note);background:var(--soft);padding:12px 16px;border-radius:0 6px 6px 0;max-width:none}
.box.bad{border-color:var(--bad)}
.box.good{border-color:var(--good)}
summary{cursor:pointer;list-style-position:outside}
summary h2{display:inline}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:0 36px}
.facts div{display:flex;justify-content:space-between;gap:18px;padding:6px 0;border-bottom:1px solid var(--line);font-size:.94rem}
.facts.long{grid-template-columns:minmax(0,1fr)}
.facts.long div{justify-content:flex-start}
.facts.long dt{width:190px}
.facts.long dd{text-align:left}
.facts dt{color:var(--muted);flex:none}
.facts dd{text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.gallery{display:grid;gap:34px 28px;grid-template-columns:minmax(0,1fr)}
.gallery.two{grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr))}
.gallery.three{grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr))}
.card{min-width:0;scroll-margin-top:16px}
.card header{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 10px;margin-bottom:10px}
.card header p{color:var(--muted);font-size:.93rem}
.badge{font-size:.78rem;font-weight:600;line-height:1.5;padding:1px 9px;border-radius:99px;border:1px solid var(--line);color:var(--muted);white-space:nowrap}
.badge.good{color:var(--good);border-color:currentColor}
.badge.bad{color:var(--bad);border-color:currentColor}
.badge.note{color:var(--note);border-color:currentColor}
.visuals{display:flex;flex-wrap:wrap;gap:16px 14px;align-items:flex-start}
.visuals+.visuals{margin-top:16px}
.visuals figure{min-width:0}
.picture{position:relative;overflow:hidden;border-radius:5px;background:#22262a}
.picture img{display:block;width:100%;height:auto}
.marks{position:absolute;inset:0;width:100%;height:100%}
.marks g{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.marks g *{vector-effect:non-scaling-stroke}
.marks .rim{stroke:#000;stroke-opacity:.45;stroke-width:4.5}
.marks .fill{fill:currentColor}
.marks .rim .fill{fill:#000;fill-opacity:.45}
.marks .dashed{stroke-dasharray:5 5}
.marks text{font-size:7.5px;font-weight:600;text-anchor:middle;paint-order:stroke;stroke:#000;stroke-opacity:.5;stroke-width:1.6px;stroke-linejoin:round}
figcaption{font-size:.86rem;line-height:1.45;color:var(--muted);margin-top:6px}
figcaption b{color:var(--ink);font-weight:600;margin-right:.35em}
figcaption small{display:block;font-size:1em}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:center;margin-top:2px}
.legend span{display:inline-flex;align-items:center;gap:6px;white-space:nowrap}
.legend i{display:inline-block;width:11px;height:11px;border-radius:50%;border:3px solid;flex:none}
.legend i.solid{border:0}
.legend i.stroke{height:3px;width:16px;border:0;border-radius:2px}
.legend em{font-style:normal;width:52px;height:8px;border-radius:4px;flex:none}
.key{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;font-size:.86rem;margin-bottom:4px}
.key b{font-weight:600}
.key .legend{color:var(--muted);margin:0}
.plot{display:block;width:100%;height:auto;overflow:visible}
.plot text{font-size:12px;fill:var(--muted);font-variant-numeric:tabular-nums}
.plot text.strong{fill:var(--ink);font-weight:600}
.plot .grid{stroke:var(--line);stroke-width:1;fill:none}
.plot .axis{stroke:var(--muted);stroke-width:1}
.plot .halo{paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round}
.plot .marker{stroke:var(--muted);stroke-width:1.2;stroke-dasharray:4 4}
.plot .line{fill:none;stroke-width:1.9;stroke-linejoin:round;stroke-linecap:round}
.plot .point{stroke:var(--bg);stroke-width:1.2}
.plot .band{stroke:none;opacity:.2}
.plot .track{fill:var(--track)}
.plot .whisker{stroke:var(--ink);stroke-width:1.5}
.plot .chosen{stroke:var(--c1);stroke-width:3;stroke-linecap:round}
.c0{fill:var(--c0);stroke:var(--c0);background:var(--c0)}
.c1{fill:var(--c1);stroke:var(--c1);background:var(--c1)}
.c2{fill:var(--c2);stroke:var(--c2);background:var(--c2)}
.c3{fill:var(--c3);stroke:var(--c3);background:var(--c3)}
.c4{fill:var(--c4);stroke:var(--c4);background:var(--c4)}
.c5{fill:var(--c5);stroke:var(--c5);background:var(--c5)}
.plot .bar{stroke:none}
.tools{display:none;flex-wrap:wrap;gap:8px 18px;align-items:center;margin-bottom:10px;font-size:.92rem}
.js .tools{display:flex}
.tools input[type=search]{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:4px 10px;width:220px;max-width:100%}
.tools label{display:inline-flex;gap:6px;align-items:center}
.scroll{width:fit-content;max-width:100%;overflow-x:auto;max-height:640px;overflow-y:auto;border:1px solid var(--line);border-radius:7px}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th{position:sticky;top:0;background:var(--soft);text-align:left;font-weight:600;padding:8px 20px;border-bottom:1px solid var(--line);white-space:nowrap;z-index:1}
td{padding:6px 20px;border-bottom:1px solid var(--line);white-space:nowrap}
tbody tr:last-child td{border-bottom:0}
th.num,td.num{text-align:right}
td.num .meter{display:inline-block;width:72px;height:6px;border-radius:3px;background:var(--track);margin-right:10px;vertical-align:middle;overflow:hidden}
td.num .meter i{display:block;height:100%;background:var(--accent);border-radius:3px}
td code{font-size:.92em;color:var(--muted)}
td .yes{color:var(--good);font-weight:600}
td .no{color:var(--bad);font-weight:600}
tr.bad td:first-child{box-shadow:inset 3px 0 var(--bad)}
tr.note td:first-child{box-shadow:inset 3px 0 var(--note)}
tr:target td,.card:target header{background:color-mix(in srgb,var(--accent) 14%,transparent)}
.js th{cursor:pointer}
th::after{position:absolute;margin-left:3px;color:var(--accent)}
th[aria-sort=ascending]::after{content:"\2191"}
th[aria-sort=descending]::after{content:"\2193"}
.command{position:relative;background:var(--soft);border:1px solid var(--line);border-radius:7px;padding:13px 16px}
.command pre{margin:0;font-size:.88rem;line-height:1.55;white-space:pre-wrap;overflow-wrap:anywhere;-webkit-user-select:all;user-select:all}
.js .command pre{padding-right:64px}
.command span{display:inline-block;max-width:100%}
.copy{position:absolute;top:9px;right:9px;font:inherit;font-size:.8rem;color:var(--muted);background:var(--bg);border:1px solid var(--line);border-radius:5px;padding:2px 10px;cursor:pointer}
.empty{color:var(--muted);font-size:.94rem}
.js .picture{cursor:zoom-in}
dialog{border:0;padding:0;background:transparent;max-width:none;max-height:none;width:min(96vw,calc(92vh*var(--aspect)))}
dialog:focus,dialog:focus-visible{outline:0}
dialog::backdrop{background:rgba(8,10,12,.86)}
.js dialog .picture{cursor:zoom-out;border-radius:6px}
@media(max-width:640px){
.page{padding:24px 16px 48px}
h1{font-size:1.5rem}
.big .value{font-size:3.6rem}
.headlines{gap:20px 28px}
.headline{flex:1 1 124px;padding-top:0}
.headline.big{flex:1 1 100%}
section,details.section{margin-top:42px}
th,td{padding-left:12px;padding-right:12px}
.facts.long dt{width:112px}}
@media print{
:root{--bg:#fff;--soft:#f5f5f2;--ink:#111;--muted:#555;--line:#d8d8d4;--track:#e6e6e2;
--accent:#1f6fb5;--good:#2a7f62;--bad:#c04a22;--note:#8a6d1c;
--c0:#1f6fb5;--c1:#e07b1a;--c2:#2a8f6d;--c3:#a3509a;--c4:#8a7a1e;--c5:#6b7480}
body{font-size:10.5pt}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.page{max-width:none;padding:0}
nav,.tools,.js .tools,.copy{display:none}
.gallery.two{grid-template-columns:repeat(2,minmax(0,1fr))}
.scroll{max-height:none;overflow:visible;border:0}
th{position:static}
section,details.section{margin-top:28px}
h2,h3,.lead,.card header{break-after:avoid;break-inside:avoid}
figure,.card,tr,.headline,.command{break-inside:avoid}
details::details-content{content-visibility:visible;block-size:auto}}
)css";

const char kScript[] = R"js(
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, inside) => Array.from((inside || document).querySelectorAll(selector));
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  all("table").forEach((table) => {
    const body = table.tBodies[0];
    const value = (row, column) => {
      const cell = row.cells[column];
      const number = cell.dataset.v;
      return number === undefined ? cell.textContent : Number(number);
    };
    all("th", table).forEach((head, column) => {
      head.tabIndex = 0;
      const sort = () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        all("th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rank = (a, b) => {
          const x = value(a, column), y = value(b, column);
          if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1;
          if (Number.isNaN(y)) return -1;
          return (x > y ? 1 : y > x ? -1 : 0) * (down ? -1 : 1);
        };
        Array.from(body.rows).sort(rank).forEach((row) => body.append(row));
      };
      head.addEventListener("click", sort);
      head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
    });

    const tools = table.closest(".block").querySelector(".tools");
    if (!tools) return;
    const search = make("input", {type: "search", placeholder: "Filter rows"});
    search.setAttribute("aria-label", "Filter rows");
    const count = make("span", {className: "detail"});
    const only = make("input", {type: "checkbox"});
    const label = make("label", {});
    label.append(only, "marked rows only");
    const update = () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      Array.from(body.rows).forEach((row) => {
        const fits = row.textContent.toLowerCase().includes(wanted);
        const hidden = !fits || (only.checked ? !row.classList.contains("bad") : false);
        row.hidden = hidden;
        if (!hidden) shown += 1;
      });
      count.textContent = shown + " of " + body.rows.length;
    };
    search.addEventListener("input", update);
    only.addEventListener("change", update);
    tools.append(search);
    if (body.querySelector("tr.bad")) tools.append(label);
    tools.append(count);
    update();
  });

  all(".command").forEach((box) => {
    const button = make("button", {className: "copy", type: "button", textContent: "Copy"});
    button.addEventListener("click", () => {
      const pre = box.querySelector("pre");
      const done = () => { button.textContent = "Copied"; };
      const select = () => {
        const range = document.createRange();
        range.selectNodeContents(pre);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        button.textContent = "Selected";
      };
      if (navigator.clipboard) navigator.clipboard.writeText(pre.textContent).then(done, select);
      else select();
      setTimeout(() => { button.textContent = "Copy"; }, 1600);
    });
    box.append(button);
  });

  const dialog = make("dialog", {});
  document.body.append(dialog);
  dialog.addEventListener("click", () => dialog.close());
  all(".picture").forEach((picture) => {
    picture.addEventListener("click", () => {
      const image = picture.querySelector("img");
      dialog.style.setProperty("--aspect", image.naturalWidth / image.naturalHeight);
      dialog.replaceChildren(picture.cloneNode(true));
      dialog.showModal();
    });
  });

  addEventListener("beforeprint", () => all("details").forEach((d) => { d.open = true; }));
})();
)js";

}  // namespace rookery::report
