// Reads server-sent events (WHATWG HTML, 9.2) from a fetch, so that a request may carry headers,
// and follows a stream for as long as the page is visible: after a break it goes on behind the last event.

/** Turns pieces of text into events; what is not complete yet waits for the next piece. */
export class EventParser {
  #rest = "";
  #event = { type: "message", data: [] };
  lastId = "";

  /** @param {string} piece @returns {{type: string, data: string, id: string}[]} */
  push(piece) {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#read(line));
  }

  #read(line) {
    if (line === "") return this.#finish();
    const colon = line.indexOf(":");
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#event.data.push(value);
    else if (field === "event") this.#event.type = value;
    else if (field === "id" && !value.includes("\0")) this.lastId = value;
    return [];
  }

  #finish() {
    const { type, data } = this.#event;
    this.#event = { type: "message", data: [] };
    return data.length ? [{ type, data: data.join("\n"), id: this.lastId }] : [];
  }
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Follows one stream until it is stopped or refused. */
export class Follower {
  #stopped = false;
  #wake = () => {};
  #request = new AbortController();
  #attempt = 0;

  /** @param {{url: () => string, headers?: () => Record<string, string>, after?: string,
   *   onEvent: (event: {type: string, data: string, id: string}) => void,
   *   onState?: (state: "open" | "broken") => void, onRefused?: (status: number) => void}} options */
  constructor(options) {
    this.options = options;
    this.lastId = options.after ?? "";
  }

  start() {
    document.addEventListener("visibilitychange", this.#look);
    addEventListener("online", this.#look);
    this.#run();
    return this;
  }

  stop() {
    this.#stopped = true;
    document.removeEventListener("visibilitychange", this.#look);
    removeEventListener("online", this.#look);
    this.#request.abort();
    this.#wake();
  }

  // A browser allows six connections to a host (HTTP/1.1), so a hidden page gives its own back.
  #look = () => {
    if (document.hidden) this.#request.abort();
    else this.#wake();
  };

  async #run() {
    while (!this.#stopped) {
      if (document.hidden) await new Promise((resolve) => (this.#wake = resolve));
      else if (!(await this.#connect())) return;
      else if (!document.hidden && !this.#stopped) await this.#pause();
    }
  }

  /** @returns {Promise<boolean>} whether it makes sense to try again */
  async #connect() {
    this.#request = new AbortController();
    try {
      const response = await fetch(this.options.url(), {
        headers: { Accept: "text/event-stream", ...this.options.headers?.(), ...this.#resume() },
        signal: this.#request.signal,
        cache: "no-store",
      });
      if ([401, 403, 404].includes(response.status)) {
        this.options.onRefused?.(response.status);
        return false;
      }
      if (response.ok && response.body) await this.#read(response.body);
    } catch {
      // The connection broke or was given back; either way it is tried again.
    }
    if (!this.#stopped && !document.hidden) this.options.onState?.("broken");
    return true;
  }

  #resume() {
    return this.lastId ? { "Last-Event-ID": this.lastId } : {};
  }

  async #read(body) {
    this.#attempt = 0;
    this.options.onState?.("open");
    const parser = new EventParser();
    parser.lastId = this.lastId;
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const event of parser.push(decoder.decode(part.value, { stream: true }))) {
        this.lastId = event.id;
        this.options.onEvent(event);
      }
    }
  }

  #pause() {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempt++);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.#wake = () => (clearTimeout(timer), resolve());
    });
  }
}
