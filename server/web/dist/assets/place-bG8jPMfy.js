<<<<<<<< HEAD:server/web/dist/assets/place-bG8jPMfy.js
import{m as s}from"./Loaded-Bt1XrX8s.js";function e(t){const[i,r]=(t??"").split("/").slice(-2);return i&&r?`RT ${r}/RW ${i}`:s}function l(t){return t?.split("/")[0]??""}export{e as p,l as v};
========
import{m as s}from"./Loaded-CwoZlh_4.js";function e(t){const[i,r]=(t??"").split("/").slice(-2);return i&&r?`RT ${r}/RW ${i}`:s}function l(t){return t?.split("/")[0]??""}export{e as p,l as v};
>>>>>>>> 7827eb6f (web: build the pages):server/web/dist/assets/place-D-GkTdIG.js
