async function c(t,r,s){const a=[];let e="";for(let n=0;n<t;n++){const o=await r(e);if(a.push(...s(o)??[]),e=o.nextPageToken??"",!e)break}return{list:a,more:!!e}}export{c as r};
