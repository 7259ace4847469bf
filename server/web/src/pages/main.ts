import "../shared/tokens.css";
import "../shared/base.css";
import { mount } from "svelte";
import { tellInvalid } from "../shared/form/invalid";
import Start from "./frame/Start.svelte";

tellInvalid();
const target = document.getElementById("app");
if (target) mount(Start, { target });
