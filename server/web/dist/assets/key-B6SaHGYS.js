<<<<<<<< HEAD:server/web/dist/assets/key-B6SaHGYS.js
import{Q as s,aH as c}from"./index-Dn1M4F3-.js";const k=Symbol("NaN");function N(r,e,n){var o=new c(r);s(()=>{var a=e();a!==a&&(a=k),o.ensure(a,n)})}export{N as k};
========
import{Q as s,aH as c}from"./index-CT0IvD3g.js";const k=Symbol("NaN");function N(r,e,n){var o=new c(r);s(()=>{var a=e();a!==a&&(a=k),o.ensure(a,n)})}export{N as k};
>>>>>>>> 499c82b8 (pages: build anew):server/web/dist/assets/key-DpHLCOY_.js
