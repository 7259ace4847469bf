import{m as s}from"./Loaded-BIpOVYmG.js";function e(t){const[i,r]=(t??"").split("/").slice(-2);return i&&r?`RT ${r}/RW ${i}`:s}function l(t){return t?.split("/")[0]??""}export{e as p,l as v};
