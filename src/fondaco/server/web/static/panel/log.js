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

  /** Show what the assistant has said so far; the same bubble grows until its message replaces it. */
  draft(text) {
    this.#putDraft("draft", text);
  }

  /** Take it back, and say in its place that it goes on. */
  voidDraft() {
    if (this.#draft()?.matches(".draft")) this.#putDraft("void", this.look().say("oneMoment"));
  }

  get drafting() {
    return this.#draft() !== null;
  }

  /** Nobody waits for it any more. */
  dropDraft() {
    this.#draft()?.remove();
  }

  #draft() {
    return this.#list.querySelector(".draft, .void");
  }

  // It never gets smaller before its message comes, so that nothing jumps.
  #putDraft(kind, text) {
    const atEnd = this.#atEnd();
    const old = this.#draft();
    const made = view.bubble({ author: "assistant", text, language: null }, this.look());
    made.classList.add(kind);
    if (old) {
      made.style.minHeight = `${old.offsetHeight}px`;
      old.replaceWith(made);
    } else this.#list.append(made);
    if (atEnd) this.bottom();
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

  #atEnd() {
    const scroller = this.#list.parentElement;
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
  }

  #place(node, seq) {
    node.dataset.seq = seq;
    const atEnd = this.#atEnd();
    // A message takes the place of its draft at once, so that nothing moves.
    if (node.matches(".assistant, .teammate")) this.dropDraft();
    const later = [...this.#list.children].find((one) => one !== node && !(Number(one.dataset.seq) < seq));
    this.#list.insertBefore(node, later ?? null);
    if (atEnd) this.bottom();
  }
}
