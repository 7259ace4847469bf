<<<<<<<< HEAD:server/web/dist/assets/Words-CIBH7ZPF.js
import{a as l,I as x,H as f,i as h,s as u,d as b,e as W,g as k,f as t,m as w,v as i}from"./index-BlROHSA8.js";import{e as H,i as I}from"./each-5JukiEDZ.js";var j=i("/<wbr/>",1),q=i("<!> ",1);function A(m,r){l(r,!0);var e=x(),n=f(e);H(n,17,()=>r.text.split("/"),I,(v,_,p)=>{var s=q(),o=f(s);{var d=a=>{var g=j();t(a,g)};h(o,a=>{p>0&&a(d)})}var c=u(o,1,!0);b(()=>W(c,k(_))),t(v,s)}),t(m,e),w()}export{A as W};
========
import{a as l,I as x,H as f,i as h,s as u,d as b,e as W,g as k,f as t,m as w,v as i}from"./index-BWH3blzQ.js";import{e as H,i as I}from"./each-Bv_TmYxB.js";var j=i("/<wbr/>",1),q=i("<!> ",1);function A(m,r){l(r,!0);var e=x(),n=f(e);H(n,17,()=>r.text.split("/"),I,(v,_,p)=>{var s=q(),o=f(s);{var d=a=>{var g=j();t(a,g)};h(o,a=>{p>0&&a(d)})}var c=u(o,1,!0);b(()=>W(c,k(_))),t(v,s)}),t(m,e),w()}export{A as W};
>>>>>>>> 7827eb6f (web: build the pages):server/web/dist/assets/Words-BfZVCNNN.js
