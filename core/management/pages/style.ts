/** The look of the plain pages: slate surfaces, one accent, hairlines, both colour schemes. */
export const STYLE = `:root{color-scheme:light dark;--surface:#fff;--page:#f8fafc;--line:#cbd5e1;--text:#0f172a;--quiet:#475569;--accent:#4f46e5;--on-accent:#fff;--bad:#b91c1c;--good:#15803d}
@media (prefers-color-scheme:dark){:root{--surface:#0f172a;--page:#020617;--line:#475569;--text:#e2e8f0;--quiet:#94a3b8;--accent:#818cf8;--on-accent:#0f172a;--bad:#fca5a5;--good:#86efac}}
*{box-sizing:border-box}[hidden]{display:none!important}
body{margin:0;background:var(--page);color:var(--text);font:13px/1.5 Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
header{display:flex;gap:12px;align-items:center;min-height:48px;padding:8px 24px;background:var(--surface);border-bottom:1px solid var(--line);flex-wrap:wrap}
#status{color:var(--quiet);margin-right:auto}
main{max-width:800px;margin:24px auto;padding:0 16px}
h1{font-size:20px;line-height:1.3;margin:0 0 8px}h2{font-size:14px;margin:0 0 12px}
section,.card{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:16px;margin:0 0 24px}
.card{max-width:380px;margin:64px auto}
form{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:12px;align-items:start}
.card,.message,.secret{grid-template-columns:1fr;grid-column:1/-1}
p{margin:0}.field{display:grid;gap:4px}.check{display:flex;align-items:center;gap:8px;align-self:end;min-height:32px}
label{font-weight:500}small,.quiet{color:var(--quiet);font-size:12px}
input,select,button{font:inherit;color:inherit;min-height:32px;padding:4px 10px;border:1px solid var(--line);border-radius:6px;background:var(--surface);width:100%}
input[type=checkbox]{width:16px;min-height:16px;accent-color:var(--accent)}
button{width:auto;cursor:pointer}button[disabled]{opacity:.6;cursor:progress}
form button{align-self:end;justify-self:start}
.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:500}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.pill,pre,code,.secret{font-family:"JetBrains Mono",ui-monospace,monospace;font-size:12px}.pill{border-radius:16px}
.message:empty{display:none}.message{color:var(--bad)}
.secret{border:1px dashed var(--accent);border-radius:6px;padding:8px;overflow-wrap:anywhere}
ul{list-style:none;margin:0 0 12px;padding:0}li{display:flex;gap:8px;align-items:center;padding:6px 0;border-bottom:1px solid var(--line)}
li>span:first-child{flex:1;min-width:0;overflow-wrap:anywhere}.good{color:var(--good)}.bad{color:var(--bad)}
pre{overflow:auto;background:var(--page);border:1px solid var(--line);border-radius:6px;padding:12px;margin:8px 0 0}
`;
