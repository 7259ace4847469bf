<<<<<<<< HEAD:server/web/dist/assets/place-DzyjZTVf.js
import{m as s}from"./Loaded-3ZfAwfIh.js";function e(t){const[i,r]=(t??"").split("/").slice(-2);return i&&r?`RT ${r}/RW ${i}`:s}function l(t){return t?.split("/")[0]??""}export{e as p,l as v};
========
import{m as s}from"./Loaded-LXcmg4Ni.js";function e(t){const[i,r]=(t??"").split("/").slice(-2);return i&&r?`RT ${r}/RW ${i}`:s}function l(t){return t?.split("/")[0]??""}export{e as p,l as v};
>>>>>>>> 499c82b8 (pages: build anew):server/web/dist/assets/place-DzHD9cPM.js
