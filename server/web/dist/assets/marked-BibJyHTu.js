<<<<<<<< HEAD:server/web/dist/assets/marked-BibJyHTu.js
import{l as o,a as d}from"./questions-D4yo840u.js";function s(e){return o(e.kind,d(e.kind,e.field)?.field)}function m(e,n){if(n.recordId&&n.recordId!==e.roundId)return;const a=d(n.kind,n.field)?.field.replace(/_([a-z0-9])/g,(r,i)=>i.toUpperCase());return e.questions?.find(r=>r.kind===n.kind&&r.field===a&&(r.memberId??"")===(n.memberId??""))}export{m as a,s as m};
========
import{l as o,a as d}from"./questions-DtlzSNH-.js";function s(e){return o(e.kind,d(e.kind,e.field)?.field)}function m(e,n){if(n.recordId&&n.recordId!==e.roundId)return;const a=d(n.kind,n.field)?.field.replace(/_([a-z0-9])/g,(r,i)=>i.toUpperCase());return e.questions?.find(r=>r.kind===n.kind&&r.field===a&&(r.memberId??"")===(n.memberId??""))}export{m as a,s as m};
>>>>>>>> 7827eb6f (web: build the pages):server/web/dist/assets/marked-C29xwr__.js
