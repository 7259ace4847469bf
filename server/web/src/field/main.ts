import "../shared/tokens.css";
import "../shared/base.css";
import { mount } from "svelte";
import { tellInvalid } from "../shared/form/invalid";
import App from "./frame/App.svelte";

tellInvalid();
const target = document.getElementById("app");
if (target) mount(App, { target });
