// Builds what the panel shows. Only nodes and text: nothing that came over the wire is ever read as HTML.
import { toNodes } from "./text.js";

/** @param {string} tag @param {string} [className] @param {(Node | string)[]} children */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function button(label, className, act) {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** One utterance with who said it; offers are added by whoever can act on them. */
export function bubble(message, { say, hosts, language }) {
  const mine = message.author === "contact";
  const body = element("div", "text", ...toNodes(message.text, hosts));
  body.lang = message.language || language;
  body.dir = "auto";
  const made = element("li", `message ${message.author}`, speaker(message, say), body);
  if (mine) made.dataset.text = message.text;
  if (message.citations?.length) made.append(sources(message.citations, say("sources")));
  return made;
}

function speaker(message, say) {
  const name = {
    contact: () => say("you"),
    assistant: () => say("assistant"),
    teammate: () => message.shown_as,
    system: () => message.shown_as || say("system"),
  }[message.author]();
  return element("div", message.author === "contact" ? "speaker unseen" : "speaker", name);
}

function sources(citations, label) {
  const list = element("ul", "", ...citations.map((one) => element("li", "", one.title)));
  return element("details", "sources", element("summary", "", `${label} (${citations.length})`), list);
}

/** A line between messages: somebody came or went. */
export function line(text) {
  return element("li", "line", text);
}

/** The choices under a message. */
export function offers(choices, label, choose) {
  const made = element("div", "offers", ...choices.map((one) => button(one.label, "offer", () => choose(one))));
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", label);
  return made;
}

/** Five stars, asked for once. */
export function rating(say, rate) {
  const made = element("li", "rating", element("p", "", say("rate")));
  const stars = [1, 2, 3, 4, 5].map((n) => {
    const star = button("★", "star", () => rate(n, made));
    star.setAttribute("aria-label", say("stars", { n }));
    return star;
  });
  made.append(element("div", "stars", ...stars));
  return made;
}
