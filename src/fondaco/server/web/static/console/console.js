// The console's page: the list and the open conversation, kept up to date by one stream.
import { Follower } from "../sse.js";
import { keys } from "./keys.js";
import { Thread, parsed } from "./thread.js";
import { keepTimes } from "./times.js";

const at = (id) => document.getElementById(id);
let hiding;

function tell(text) {
  at("toast").textContent = text;
  at("toast").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (at("toast").hidden = true), 8000);
}

function onState(state) {
  at("broken").hidden = state === "open";
}

// The rows are new nodes; whoever had the focus on one finds it on the same conversation again.
function onList({ html, needing }) {
  const focused = document.activeElement?.closest("#list .row")?.getAttribute("href");
  at("list").replaceChildren(parsed(html));
  at("needing").textContent = needing;
  at("needing").hidden = !needing;
  for (const row of at("list").querySelectorAll(".row")) {
    if (row.getAttribute("href") === focused) row.focus();
  }
}

function followInbox() {
  const query = new URLSearchParams({ language: document.documentElement.lang, view: at("list").dataset.view });
  new Follower({
    url: () => `/console/stream?${query}`,
    onEvent: ({ type, data }) => type === "list" && onList(JSON.parse(data)),
    onState,
    onRefused: () => location.reload(),
  }).start();
}

keepTimes();
const open = document.querySelector("[data-conversation]");
const thread = open && new Thread(document.querySelector(".panes"), { alone: false, onList, tell, onState });
if (!open) followInbox();
keys(() => thread ?? undefined);
