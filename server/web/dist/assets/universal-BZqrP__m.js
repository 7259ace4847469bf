<<<<<<<< HEAD:server/web/dist/assets/universal-BZqrP__m.js
import{aw as s,aG as n}from"./index-Dn1M4F3-.js";function w(o,a,r,f,i){var d=()=>{f(r[o])};r.addEventListener(a,d),i?s(()=>{r[o]=i()}):d(),(r===document.body||r===window||r===document)&&n(()=>{r.removeEventListener(a,d)})}export{w as b};
========
import{aw as s,aG as n}from"./index-CT0IvD3g.js";function w(o,a,r,f,i){var d=()=>{f(r[o])};r.addEventListener(a,d),i?s(()=>{r[o]=i()}):d(),(r===document.body||r===window||r===document)&&n(()=>{r.removeEventListener(a,d)})}export{w as b};
>>>>>>>> 499c82b8 (pages: build anew):server/web/dist/assets/universal-BnI9i9uG.js
