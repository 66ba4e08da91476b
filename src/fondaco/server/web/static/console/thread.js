// A conversation that is open in a page: follows its stream, posts its forms, shows why. Our own server's
// HTML, escaped there, is parsed into a template and moved; the reply box is never replaced.
import { Follower } from "../sse.js";
import { writeTimes } from "./times.js";

/** @param {string} html @returns {DocumentFragment} */
export function parsed(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  writeTimes(made.content);
  return made.content;
}

export class Thread {
  #follower;
  #kept = new AbortController();

  /** @param {HTMLElement} root holds #content and the why pane
   *  @param {{alone: boolean, onList?: (data: any) => void, tell: (text: string) => void, onState?: (state: string) => void}} options */
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.main = root.querySelector("#content");
    this.form = root.querySelector("#reply");
    this.#listen();
    this.toNewest();
    this.#kindChanged();
    writeTimes(root);
    this.#follow();
  }

  stop() {
    this.#follower.stop();
    this.#kept.abort();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  act(name) {
    this.find(`#controls form[data-act=${name}]`)?.requestSubmit();
  }

  write(kind) {
    const choice = this.form.querySelector(`input[value=${kind}]`);
    if (!choice.disabled) choice.checked = true;
    this.#kindChanged();
    this.form.elements.text.focus();
  }

  #listen() {
    const signal = { signal: this.#kept.signal };
    this.root.addEventListener("submit", (event) => this.#submit(event), signal);
    this.root.addEventListener("click", (event) => this.#click(event), signal);
    this.form.addEventListener("change", () => this.#kindChanged(), signal);
    this.form.addEventListener("keydown", (event) => this.#key(event), signal);
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    if (event.key === "Escape") event.target.blur();
  }

  #kindChanged() {
    const note = this.form.elements.kind.value === "note";
    const label = this.find("#reply-label");
    const told = note ? label.dataset.note : label.dataset.reply;
    label.textContent = told;
    this.form.elements.text.placeholder = told;
    this.form.classList.toggle("noting", note);
  }

  #click(event) {
    const link = event.target.closest("a[data-turn]");
    if (!link) return;
    event.preventDefault();
    this.#show(link.dataset.turn);
    this.find("#why-title").scrollIntoView({ block: "nearest" });
  }

  #show(turn) {
    for (const one of this.root.querySelectorAll(".why")) one.hidden = one.dataset.turn !== turn;
    for (const one of this.root.querySelectorAll(".ask")) {
      if (one.dataset.turn === turn) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
    this.find("#no-why").hidden = true;
  }

  async #submit(event) {
    const form = event.target;
    if (form.method !== "post" || !this.main.contains(form)) return;
    event.preventDefault();
    const button = form.querySelector("button");
    const fields = new URLSearchParams(new FormData(form));
    const address = form === this.form && fields.get("kind") === "note" ? form.dataset.note : form.action;
    button.disabled = true;
    try {
      const response = await fetch(address, { method: "POST", headers: { Accept: "application/json" }, body: fields });
      const told = await response.json();
      if (!response.ok) return this.options.tell(told.detail);
      if (form === this.form) this.#sent(told.message_id);
    } catch {
      this.options.onState?.("broken");
    } finally {
      button.disabled = false;
    }
  }

  #sent(nextId) {
    this.form.elements.text.value = "";
    this.form.elements.message_id.value = nextId;
  }

  #follow() {
    const address = `/console/conversations/${this.main.dataset.conversation}/stream`;
    const view = new URLSearchParams(location.search).get("view") ?? "";
    const query = new URLSearchParams({ language: document.documentElement.lang, view });
    if (this.options.alone) query.set("alone", "1");
    this.#follower = new Follower({
      url: () => `${address}?${query}`,
      after: this.main.dataset.after,
      onEvent: ({ type, data }) => this.#receive(type, JSON.parse(data)),
      onState: (state) => this.#connected(state),
      onRefused: () => location.reload(),
    }).start();
  }

  // A draft is not sent again: what came of it while nobody listened, its message tells.
  #connected(state) {
    if (state !== "open") this.#drafted?.remove();
    this.options.onState?.(state);
  }

  #receive(type, data) {
    if (type === "list") return this.options.onList?.(data);
    const scroll = this.find("#scroll");
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 160;
    if (type === "draft") this.#draft(data.html);
    if (type === "draft_over") this.#drafted?.remove();
    if (type === "thread") this.#news(data);
    if (atEnd) this.toNewest();
  }

  #news(data) {
    for (const item of data.items) this.#item(item);
    for (const why of data.whys) this.#why(why);
    for (const [id, html] of Object.entries(data.regions)) this.#region(id, html);
    this.#canReply(data.can_reply);
  }

  get #drafted() {
    return this.find("#thread > .draft, #thread > .void");
  }

  // It grows in silence, and never gets smaller before its message comes, so that nothing jumps.
  #draft(html) {
    const old = this.#drafted;
    const made = parsed(html).firstElementChild;
    if (old) {
      made.style.minHeight = `${old.offsetHeight}px`;
      old.replaceWith(made);
    } else this.find("#thread").append(made);
  }

  #item({ seq, html }) {
    if (this.find(`#thread [data-seq="${seq}"]`)) return;
    const made = parsed(html);
    const contact = made.querySelector(".contact .words, .assistant .words");
    if (contact) this.find("#told").textContent = contact.textContent;
    if (made.querySelector(".assistant, .teammate, .system")) this.#drafted?.remove();
    this.find("#thread").insertBefore(made, this.#drafted);
  }

  #why({ turn, html }) {
    const old = this.find(`.why[data-turn="${turn}"]`);
    const made = parsed(html);
    if (old) old.replaceWith(made);
    else this.find("#whys").append(made);
    this.#show(turn);
  }

  // A region keeps its focus by the place of the focused button, since the button itself is a new one.
  #region(id, html) {
    const old = this.find(`#${id}`);
    const had = old.contains(document.activeElement);
    const opened = [...old.querySelectorAll("details")].map((one) => one.open);
    old.replaceWith(parsed(html));
    const made = this.find(`#${id}`);
    made.querySelectorAll("details").forEach((one, place) => (one.open = opened[place] ?? one.open));
    if (had) (made.querySelector("button") ?? this.form.elements.text).focus();
  }

  #canReply(can) {
    const reply = this.form.querySelector("input[value=reply]");
    if (reply.disabled !== can) return;
    reply.disabled = !can;
    this.form.querySelector(`input[value=${can ? "reply" : "note"}]`).checked = true;
    this.#kindChanged();
  }

  /** Scroll to the newest message; a hidden pane keeps no place of its own. */
  toNewest() {
    const scroll = this.find("#scroll");
    scroll.scrollTop = scroll.scrollHeight;
  }
}
