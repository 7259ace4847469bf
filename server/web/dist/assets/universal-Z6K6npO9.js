<<<<<<<< HEAD:server/web/dist/assets/universal-D61E09Gu.js
import{aw as s,aG as n}from"./index-BlROHSA8.js";function w(o,a,r,f,i){var d=()=>{f(r[o])};r.addEventListener(a,d),i?s(()=>{r[o]=i()}):d(),(r===document.body||r===window||r===document)&&n(()=>{r.removeEventListener(a,d)})}export{w as b};
========
import{aw as s,aG as n}from"./index-BWH3blzQ.js";function w(o,a,r,f,i){var d=()=>{f(r[o])};r.addEventListener(a,d),i?s(()=>{r[o]=i()}):d(),(r===document.body||r===window||r===document)&&n(()=>{r.removeEventListener(a,d)})}export{w as b};
>>>>>>>> 7827eb6f (web: build the pages):server/web/dist/assets/universal-Z6K6npO9.js
