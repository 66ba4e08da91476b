// The split view. The widget on the left is the one that any shop embeds; this page only listens to it
// and hands the scenes' texts to its public `send`. The right half is the console's own.
import { Thread } from "../console/thread.js";

const at = (id) => document.getElementById(id);
let thread;
let shown = "";

async function panes(conversation) {
  const language = document.documentElement.lang;
  const address = `/console/conversations/${conversation}/panes?language=${language}`;
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  return response.ok ? await response.text() : "";
}

async function show(conversation) {
  if (!conversation || conversation === shown || document.body.dataset.entered !== "yes") return;
  const html = await panes(conversation);
  if (!html) return;
  shown = conversation;
  thread?.stop();
  const made = document.createElement("template");
  made.innerHTML = html;
  const why = made.content.querySelector(".why-pane");
  const talk = made.content.querySelector("#content");
  at("why-place").replaceChildren(why);
  at("talk-place").replaceChildren(talk);
  thread = new Thread(document.querySelector(".stage"), { alone: true, tell, onState: () => {} });
}

function tell(text) {
  at("toast").textContent = text;
  at("toast").hidden = false;
  setTimeout(() => (at("toast").hidden = true), 8000);
}

function turnTo(pane) {
  document.body.dataset.pane = pane;
  for (const tab of document.querySelectorAll(".tabs button")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.pane === pane));
  }
}

let last = "";
function connect() {
  window.fondaco.on("conversation", (conversation) => {
    last = conversation;
    show(conversation);
  });
  for (const scene of document.querySelectorAll("[data-scene]")) {
    scene.addEventListener("click", () => {
      turnTo("shop");
      document.body.dataset.played = "yes";
      at("explains").textContent = scene.dataset.explains;
      scene.scrollIntoView({ block: "nearest", inline: "nearest" });
      at("shop-widget").scrollIntoView({ block: "nearest" });
      window.fondaco.send(scene.dataset.scene);
    });
  }
}

// Opening the page is enough to see the team's side; the form is there for browsers without scripts.
async function enter() {
  const response = await fetch(at("enter").action, { method: "POST", body: new URLSearchParams() });
  if (!response.ok) return tell(await response.text());
  document.body.dataset.entered = "yes";
  at("enter").hidden = true;
  at("wait").hidden = false;
  show(last);
}

at("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  enter();
});
if (document.body.dataset.entered !== "yes") enter();
at("language").addEventListener("change", (event) => event.target.form.requestSubmit());
for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => {
    turnTo(tab.dataset.pane);
    thread?.toNewest();
  });
}
if (window.fondaco) connect();
else document.getElementById("loader").addEventListener("load", connect);
