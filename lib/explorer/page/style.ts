/** How the page looks; its colours are those of the page around it. @module */

/**
 * For the page around: JupyterLab lays boxes that could scroll around an output, in
 * which the picture would not stay in view. Where a reader lets them scroll, they do.
 */
export const around =
  `.jp-CodeCell:not(.jp-mod-outputsScrolled) :is(.jp-OutputArea,.jp-OutputArea-child,.jp-OutputArea-output):has(.cnn-explorer){overflow:visible}`;

/** The page itself. */
export const style = `
:host{display:block;container-type:inline-size;max-width:1400px}
.all{--ink:var(--jp-content-font-color1,var(--vscode-editor-foreground,var(--pst-color-text-base,#1f2328)));
--paper:var(--jp-layout-color0,var(--vscode-editor-background,var(--pst-color-background,#fff)));
--line:color-mix(in srgb,var(--ink) 26%,var(--paper));--soft:color-mix(in srgb,var(--ink) 6%,var(--paper));
--faint:color-mix(in srgb,var(--ink) 72%,var(--paper));--accent:#0b66a8;--mark:#c2185b;
color:var(--ink);background:var(--paper);font:13px/1.45 Arial,Helvetica,sans-serif;padding:8px;box-sizing:border-box;color-scheme:light;
display:grid;grid-template-columns:minmax(0,1fr);gap:14px}
@media(prefers-color-scheme:dark){.all.alone{--ink:#e6e6e6;--paper:#181a1b}}
.all.told-dark{--ink:#e6e6e6;--paper:#181a1b}
.all.told-light{--ink:#1f2328;--paper:#fff}
.all.dark{--accent:#6cb6ff;--mark:#ff6fa3;color-scheme:dark}
*{box-sizing:border-box}
h3,h4,p{margin:0;font-size:13px}h3{font-weight:700}h4{font-weight:600}
small,.faint{color:var(--faint);font-size:12px}
button,input,select{font:inherit;color:inherit}
button{background:var(--soft);border:1px solid var(--line);border-radius:5px;padding:3px 9px;cursor:pointer;min-height:26px}
button[aria-pressed=true]{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
canvas{image-rendering:pixelated;display:block}
.row{display:flex;flex-wrap:wrap;gap:6px;align-items:center}
.left{display:grid;gap:8px;align-content:start;justify-items:start}
.pad{position:relative;width:196px;touch-action:none;cursor:crosshair;border:1px solid var(--line);border-radius:4px;overflow:hidden}
.view{position:relative;flex:none;width:46px;border:1px solid var(--line)}
.pad canvas,.view canvas{width:100%;height:auto}
.pad i,.view i,.tile i{position:absolute;pointer-events:none;border:2px solid var(--mark)}
.view i{border-width:1px}.pad b{position:absolute;pointer-events:none;border:1px dashed #fff;outline:1px dashed #000}
.pad u{position:absolute;pointer-events:none;border:1px solid #fff;outline:1px solid #000;display:none}
.pad:focus-visible u{display:block}
.thumbs button{padding:1px;line-height:0}
.thumbs canvas{width:34px;height:34px;object-fit:contain}
.beside{display:grid;grid-template-columns:minmax(0,1fr)}.beside>*{grid-area:1/1}
.peek{display:none;gap:8px;align-items:center;align-self:start;position:sticky;top:var(--cnn-explorer-top,0px);margin:0 -8px;padding:4px 8px;pointer-events:none;background:var(--paper);border-bottom:1px solid var(--line);box-shadow:0 -12px var(--paper)}
.peek.shown{display:flex}.detail,.layer,.nets :is(button,canvas,td,summary){scroll-margin-top:66px}
.nets{display:grid;grid-template-columns:minmax(0,1fr);gap:18px}
.net{display:grid;gap:10px;align-content:start;min-width:0}
.answer{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:2px 18px;list-style:none;margin:4px 0;padding:0}
.answer li{display:grid;grid-template-columns:minmax(2em,max-content) 1fr 4.6em;gap:6px;align-items:center;min-width:0}
.answer.compared{grid-template-columns:repeat(auto-fill,minmax(220px,1fr))}.answer.compared li{grid-template-columns:minmax(2em,max-content) 1fr 4.6em 6.6em}
.answer li.top{font-weight:700}
.answer span:first-child{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;max-width:7em}
.bar{position:relative;height:11px;background:var(--soft);border-radius:2px}
.bar i{position:absolute;inset:0 auto 0 0;background:var(--accent);border-radius:2px}
.bar b{position:absolute;top:-2px;bottom:-2px;width:2px;background:var(--mark)}
.answer .share,.answer .was{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.answer .was{font-weight:400;color:var(--faint)}
.layers{display:grid;gap:7px}
.layers.deep{max-height:760px;overflow-y:auto;padding:4px;border:1px solid var(--line);border-radius:6px}
.layer{min-width:0}
.maps{display:flex;flex-wrap:wrap;gap:4px;margin-top:2px}
.tile{position:relative;padding:0;border-width:1px;min-height:0;overflow:hidden;border-radius:3px;line-height:0}
.tile canvas{width:var(--w,52px);height:auto}
.tile.wide{max-width:100%}.tile.wide canvas{width:100%;min-height:22px}
.tile.wide canvas,.big.strip canvas,.grid td.out{background:repeating-linear-gradient(45deg,#ddd 0 3px,#fff 3px 6px)}
.tile i{display:none;left:calc(100%*var(--x));top:calc(100%*var(--y));width:calc(100%*var(--dx));height:calc(100%*var(--dy));border-width:1px}
.layer.seen .tile i{display:block}
.detail{border:1px solid var(--accent);border-radius:6px;padding:9px;margin-top:6px;display:grid;gap:9px;min-width:0}
.detail .head{display:flex;gap:8px;justify-content:space-between;align-items:start}
.parts{display:flex;flex-wrap:wrap;gap:14px;align-items:flex-start}
.parts>*{min-width:0;max-width:100%}
.big canvas{width:168px;height:auto;cursor:crosshair;border:1px solid var(--line)}
.big.strip{flex:1 1 260px;max-width:400px}.big.strip canvas{width:100%;min-height:24px}
.crop canvas{height:auto;border:1px solid var(--line)}
.sum{display:flex;flex-wrap:wrap;gap:6px;align-items:center}
.sum>b{font-size:17px;font-weight:400}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:11px}
caption{caption-side:top;text-align:left;font-size:12px;padding-bottom:2px;color:var(--faint);white-space:nowrap}
.grid td{width:44px;height:26px;text-align:center;padding:0;border:1px solid var(--line)}
.grid.many td{width:33px;height:24px;font-size:9.5px}
.grid td.out{color:#333}
.grid td.most{outline:2px solid var(--mark);outline-offset:-2px}
.grid td[data-at]{cursor:pointer}
.list td,.list th{padding:1px 9px 1px 0;text-align:right;font-size:12px;font-weight:400}.list th{color:var(--faint)}
.list td:first-child,.list th:first-child{text-align:left}
.scroll{overflow-x:auto;max-width:100%}
.planes button{font-size:11.5px;padding:1px 6px;min-height:24px;font-variant-numeric:tabular-nums}
.value{font-size:14px;font-variant-numeric:tabular-nums}
.live{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
input[type=number]{width:4.5em;min-height:24px}input[type=range]{width:90px;height:24px;vertical-align:middle}
summary{min-height:24px;line-height:24px}
@container (max-width:400px){.tile:not(.wide) canvas{max-width:44px}}
@container (min-width:620px){.all{grid-template-columns:200px minmax(0,1fr)}.left{position:sticky;align-self:start;top:var(--cnn-explorer-top,6px)}
.nets.two{grid-template-columns:repeat(2,minmax(0,1fr))}.all:has(.one) .peek{display:none}}
@container (min-width:620px) and (max-width:999.9px){.all:has(.two){grid-template-columns:minmax(0,1fr)}.all:has(.two) .left{position:static}}
@container (min-width:1000px){.all .peek{display:none}.nets.one .detail{grid-template-columns:max-content minmax(0,1fr)}.nets.one .detail .head{grid-column:1/-1}
.nets.one .detail .parts{flex-direction:column;max-width:330px}.nets.one .big.strip{flex:none;width:320px}}
`;
