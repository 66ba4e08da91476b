// The list of messages: each at its number's place, one's own at once, nothing twice.
import * as view from "./view.js";

export class Log {
  #list;
  #seen = new Set();

  /** @param {HTMLElement} list @param {() => {say: any, hosts: string[], language: string}} look */
  constructor(list, look) {
    this.#list = list;
    this.look = look;
  }

  /** @param {Node} [kept] what stays */
  clear(kept) {
    this.#list.replaceChildren(...(kept ? [kept] : []));
    this.#seen.clear();
  }

  /** Show one's own message before the server has it. */
  optimistic(text) {
    const made = view.bubble({ author: "contact", text, language: null }, this.look());
    made.dataset.own = "sending";
    made.append(view.element("div", "state", this.look().say("sending")));
    this.#list.append(made);
    this.bottom();
    return made;
  }

  /** The server has it; the stream may have said so already. */
  confirm(bubble, seq) {
    if (!bubble.isConnected || bubble.dataset.seq) return;
    if (this.#seen.has(seq)) bubble.remove();
    else this.#settle(bubble, seq);
  }

  fail(bubble, again) {
    if (bubble.dataset.seq) return;
    const { say } = this.look();
    bubble.dataset.own = "failed";
    const retry = view.button(say("again"), "again", () => {
      bubble.dataset.own = "sending";
      bubble.querySelector(".state").replaceChildren(say("sending"));
      again();
    });
    bubble.querySelector(".state").replaceChildren(say("failed"), " ", retry);
  }

  /** Put an event in its place; returns its node, or null for one that is there already. */
  show(event, make) {
    if (this.#seen.has(event.seq)) return null;
    const own = event.author === "contact" && this.#own(event.text);
    if (own) {
      this.#settle(own, event.seq);
      return null;
    }
    this.#seen.add(event.seq);
    const made = make();
    if (made) this.#place(made, event.seq);
    return made;
  }

  bottom() {
    this.#list.parentElement.scrollTop = this.#list.parentElement.scrollHeight;
  }

  #own(text) {
    // One that failed may have arrived all the same: only its receipt was lost.
    const waiting = [...this.#list.querySelectorAll("[data-own]")];
    return waiting.find((one) => one.dataset.text.trim() === text.trim());
  }

  #settle(bubble, seq) {
    this.#seen.add(seq);
    bubble.querySelector(".state")?.remove();
    delete bubble.dataset.own;
    this.#place(bubble, seq);
  }

  #place(node, seq) {
    node.dataset.seq = seq;
    const later = [...this.#list.children].find((one) => one !== node && !(Number(one.dataset.seq) < seq));
    const scroller = this.#list.parentElement;
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
    this.#list.insertBefore(node, later ?? null);
    if (atEnd) this.bottom();
  }
}
