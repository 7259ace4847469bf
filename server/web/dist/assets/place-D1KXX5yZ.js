function n(e){const[,t,r]=(e??"").split("/");return t&&r?`RT ${r}/RW ${t}`:"–"}export{n as p};
