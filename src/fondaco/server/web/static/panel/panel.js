// The panel: waits for the loader's greeting, then shows the conversation and lets the contact write.
import { Follower } from "../sse.js";
import { Problem, newKey, server } from "./api.js";
import { Log } from "./log.js";
import { tokenStorage } from "./storage.js";
import { letters, strings } from "./strings.js";
import * as view from "./view.js";

const LONGEST = 4000;
const COUNT_FROM = 3600;
const page = document.documentElement.dataset;
const at = (id) => document.getElementById(id);

class Panel {
  #follower;
  #unread = 0;
  #shown = false;
  #beginning = Promise.resolve();
  #keep;

  constructor(hello, port) {
    this.port = port;
    this.identity = hello.identity;
    this.hosts = JSON.parse(page.hosts);
    this.#keep = tokenStorage(page.connection, (value) => this.tell({ type: "keep", value }), hello.kept);
    this.server = server(page.server, this.#keep.token);
    this.log = new Log(at("messages"), () => ({ say: this.say, hosts: this.hosts, language: this.language }));
    this.#dress(hello);
    this.#listen();
    this.setLanguage(hello.language);
    at("text").disabled = at("person").disabled = false;
    this.tell({ type: "ready" });
    this.resume();
  }

  tell(message) {
    this.port.postMessage(message);
  }

  emit(name, detail) {
    this.tell({ type: "event", name, detail });
  }

  #dress({ accent, ink, contained }) {
    const style = document.documentElement.style;
    if (/^#[0-9a-f]{6}$/i.test(accent)) style.setProperty("--accent", accent);
    if (/^#[0-9a-f]{6}$/i.test(ink)) style.setProperty("--on-accent", ink);
    at("close").hidden = contained;
  }

  #listen() {
    const text = at("text");
    at("composer").addEventListener("submit", (event) => (event.preventDefault(), this.#submit()));
    text.addEventListener("input", () => this.#measure());
    text.addEventListener("keydown", (event) => {
      // The Enter that ends an input method's word is not meant for us; Safari tells it by 229 alone.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    at("person").addEventListener("click", () => this.#askForPerson());
    at("close").addEventListener("click", () => this.tell({ type: "close" }));
    addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.tell({ type: "close" }));
    this.port.onmessage = (event) => this.#hear(event.data);
  }

  #hear({ type, focus, text, identity, language }) {
    if (type === "show") this.#show(focus);
    else if (type === "hide") this.#shown = false;
    else if (type === "send") this.#submit((at("text").value = text));
    else if (type === "identify") this.#identify(identity);
    else if (type === "logout") this.#leave();
    else if (type === "language") this.setLanguage(language);
  }

  #show(focus) {
    this.#shown = true;
    this.#count(0);
    this.log.bottom();
    if (focus) at("text").focus();
  }

  #count(unread) {
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.tell({ type: "unread", count: unread });
  }

  async setLanguage(language) {
    this.language = language;
    this.say = strings(language);
    document.documentElement.lang = language;
    for (const one of document.querySelectorAll("[data-say]")) one.textContent = this.say(one.dataset.say);
    for (const one of document.querySelectorAll("[data-label]")) {
      one.setAttribute("aria-label", this.say(one.dataset.label));
    }
    at("text").placeholder = this.say("placeholder");
    this.#measure();
    try {
      this.#introduce(await this.server.config(page.connection, language), language);
    } catch {
      // The texts that came with the panel say the same in fewer words.
    }
  }

  #introduce({ name, greeting, ai_notice: notice }, language) {
    if (language !== this.language) return;
    at("name").textContent = name || this.say("title");
    at("greeting").textContent = greeting || this.say("greeting");
    at("notice").textContent = notice || this.say("aiNotice");
  }

  async resume() {
    const token = this.#keep.token();
    if (!token) return;
    this.emit("conversation", this.#keep.conversation());
    try {
      const { items, last_seq: last } = await this.server.history();
      if (this.#keep.token() !== token) return;
      for (const item of items) this.#receive(item, false);
      this.log.bottom();
      this.#follow(last);
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 401) this.#forget();
      else this.#follow(0);
    }
  }

  #follow(after) {
    this.#follower?.stop();
    this.#follower = new Follower({
      url: () => this.server.eventsAddress(),
      headers: () => this.server.bearer(),
      after: after ? String(after) : "",
      onEvent: ({ type, data }) => this.#receive({ type, ...JSON.parse(data) }, true),
      onState: (state) => this.#connected(state === "open"),
      onRefused: () => this.#forget(),
    }).start();
  }

  // A draft is not sent again: what came of it while nobody listened, its message tells.
  #connected(open) {
    at("connection").hidden = open;
    if (!open) this.log.voidDraft();
  }

  #receive(event, live) {
    if (event.type === "message") this.#message(event, live);
    else if (event.type === "typing") this.#typing(event.on);
    else if (event.type === "draft") this.#draft(event.text);
    else if (event.type === "draft_void") this.#voidDraft();
    else if (event.type === "handoff") this.#handoff(event);
    else if (event.type === "episode") this.#episode(event);
    else if (event.type === "rating") this.log.show(event, () => this.#rated());
  }

  #message(message, live) {
    const made = this.log.show(message, () => view.bubble(message, this.log.look()));
    if (made) this.#retireOffers();
    if (message.author === "contact") return;
    this.#typing(false);
    if (!made) return;
    const choose = (offer) => this.#send(offer.label, offer.key);
    if (message.offers?.length) made.append(view.offers(message.offers, this.say("choices"), choose));
    if (!live) return;
    const name = made.querySelector(".speaker").textContent;
    at("status").textContent = this.say("newMessage", { name, text: message.text });
    if (!this.#shown) this.#count(this.#unread + 1);
    this.log.bottom();
    this.emit("message", { author: message.author, text: message.text });
  }

  // Old offers stay readable.
  #retireOffers() {
    for (const offer of document.querySelectorAll(".offer")) offer.disabled = true;
  }

  #typing(on) {
    at("typing").hidden = !on || this.log.drafting;
    if (!on) return;
    at("status").textContent = this.say("writing");
    this.log.bottom();
  }

  // It grows in silence: a screen reader is told of the whole message, once.
  #draft(text) {
    at("typing").hidden = true;
    this.log.draft(text);
  }

  #voidDraft() {
    this.log.voidDraft();
    at("status").textContent = this.say("oneMoment");
  }

  #handoff(event) {
    if (event.state !== "requested") this.log.dropDraft();
    this.#personAsked(event.state !== "returned");
    at("person").hidden = event.state === "accepted";
    const told = { accepted: () => this.say("joined", { name: event.shown_as }), returned: () => this.say("returned") };
    this.log.show(event, () => told[event.state] && view.line(told[event.state]()));
  }

  #episode(event) {
    for (const old of document.querySelectorAll(".rating")) old.remove();
    if (event.state !== "closed") return void this.log.show(event, () => null);
    this.#personAsked(false);
    this.#typing(false);
    this.log.dropDraft();
    this.log.show(event, () => view.line(this.say("closed")));
    at("messages").append(view.rating(this.say, (stars, block) => this.#rate(stars, block)));
    this.log.bottom();
  }

  #rated() {
    for (const old of document.querySelectorAll(".rating")) old.remove();
    return view.line(this.say("thanks"));
  }

  async #rate(stars, block) {
    try {
      await this.server.rate(stars);
      block.replaceChildren(view.element("p", "", this.say("thanks")));
    } catch (problem) {
      this.#excuse(problem);
    }
  }

  #personAsked(on) {
    at("person").hidden = false;
    at("person").disabled = on;
    at("person").textContent = this.say(on ? "personAsked" : "person");
    at("person").dataset.say = on ? "personAsked" : "person";
  }

  async #askForPerson() {
    if (!this.#keep.token()) return this.#send(this.say("wantPerson"), "person");
    try {
      await this.server.person();
    } catch (problem) {
      // No request is open: the wish opens one.
      if (problem.status === 409) this.#send(this.say("wantPerson"), "person");
      else this.#excuse(problem);
    }
  }

  #submit() {
    const field = at("text");
    const text = field.value.trim();
    if (!text || [...text].length > LONGEST) return field.focus();
    field.value = "";
    this.#measure();
    this.#send(text, "");
  }

  #send(text, choice) {
    this.#retireOffers();
    const made = this.log.optimistic(text);
    const body = { text, ...(choice && { choice }) };
    const key = newKey();
    // One after the other, so that two quick messages cannot begin two conversations or change places.
    const attempt = () => (this.#beginning = this.#beginning.then(() => this.#try(made, body, key, attempt)));
    attempt();
  }

  async #try(made, body, key, again) {
    try {
      const { seq } = this.#keep.token() ? await this.server.write(body, key) : await this.#begin(body, key);
      this.log.confirm(made, seq);
      this.#excuse(null);
    } catch (problem) {
      if (problem.status === 401) this.#forget(made);
      this.log.fail(made, again);
      this.#excuse(problem);
    }
  }

  async #begin(body, key) {
    const identity = this.identity && { identity: this.identity };
    const begun = await this.server.begin(page.connection, { ...body, language: this.language, ...identity }, key);
    this.#keep.remember(begun.token, begun.conversation_id);
    this.emit("conversation", begun.conversation_id);
    this.#follow(0);
    return begun;
  }

  async #identify(identity) {
    this.identity = identity;
    if (!this.#keep.token()) return;
    try {
      await this.server.identify(identity);
    } catch (problem) {
      this.#excuse(problem);
    }
  }

  // Whoever writes next on this computer is somebody else until the shop says who.
  #leave() {
    this.identity = "";
    this.#forget();
  }

  #forget(bubble) {
    this.#follower?.stop();
    this.#keep.forget();
    at("connection").hidden = true;
    this.log.clear(bubble);
    this.#personAsked(false);
  }

  #excuse(problem) {
    const busy = problem?.status === 429;
    at("excuse").hidden = !busy;
    at("excuse").textContent = busy ? this.say("tooMany", { n: problem.waitSeconds || 5 }) : "";
  }

  #measure() {
    const field = at("text");
    const left = LONGEST - [...field.value].length;
    at("left").hidden = left > LONGEST - COUNT_FROM;
    at("left").textContent = letters(this.language, left < 0 ? "over" : "left", Math.abs(left));
    at("left").classList.toggle("over", left < 0);
    at("send").disabled = left < 0;
    field.rows = Math.min(5, Math.max(1, field.value.split("\n").length));
  }
}

// One greeting, from the page that embeds us, and only if that page may.
function greet(event) {
  const known = JSON.parse(page.origins).includes(event.origin);
  if (!known || event.source !== parent || event.data?.type !== "fondaco:hello" || !event.ports[0]) return;
  removeEventListener("message", greet);
  new Panel(event.data, event.ports[0]);
}
addEventListener("message", greet);
