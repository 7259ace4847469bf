<<<<<<<< HEAD:server/web/dist/assets/marked-Cq_flwPD.js
import{l as o,a as d}from"./questions-BB_RX6-s.js";function s(e){return o(e.kind,d(e.kind,e.field)?.field)}function m(e,n){if(n.recordId&&n.recordId!==e.roundId)return;const a=d(n.kind,n.field)?.field.replace(/_([a-z0-9])/g,(r,i)=>i.toUpperCase());return e.questions?.find(r=>r.kind===n.kind&&r.field===a&&(r.memberId??"")===(n.memberId??""))}export{m as a,s as m};
========
import{l as o,a as d}from"./questions-DUmJ2RtS.js";function s(e){return o(e.kind,d(e.kind,e.field)?.field)}function m(e,n){if(n.recordId&&n.recordId!==e.roundId)return;const a=d(n.kind,n.field)?.field.replace(/_([a-z0-9])/g,(r,i)=>i.toUpperCase());return e.questions?.find(r=>r.kind===n.kind&&r.field===a&&(r.memberId??"")===(n.memberId??""))}export{m as a,s as m};
>>>>>>>> 499c82b8 (pages: build anew):server/web/dist/assets/marked-BnX8Z2Fm.js
