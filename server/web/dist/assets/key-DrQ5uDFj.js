<<<<<<<< HEAD:server/web/dist/assets/key-DrQ5uDFj.js
import{Q as s,aH as c}from"./index-BlROHSA8.js";const k=Symbol("NaN");function N(r,e,n){var o=new c(r);s(()=>{var a=e();a!==a&&(a=k),o.ensure(a,n)})}export{N as k};
========
import{Q as s,aH as c}from"./index-BWH3blzQ.js";const k=Symbol("NaN");function N(r,e,n){var o=new c(r);s(()=>{var a=e();a!==a&&(a=k),o.ensure(a,n)})}export{N as k};
>>>>>>>> 7827eb6f (web: build the pages):server/web/dist/assets/key-DdkExTaF.js
