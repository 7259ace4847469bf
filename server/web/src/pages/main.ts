import "../shared/tokens.css";
import "../shared/base.css";
import { mount } from "svelte";
import Start from "./frame/Start.svelte";

const target = document.getElementById("app");
if (target) mount(Start, { target });
