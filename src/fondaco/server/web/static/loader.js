// What a shop embeds: a launcher. Nothing else is loaded before the first opening.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || window.fondaco) return;

  const LABELS = {
    de: ["Nachricht schreiben", "Schließen"],
    en: ["Write to us", "Close"],
    zh: ["联系我们", "关闭"],
    ja: ["お問い合わせ", "閉じる"],
    ko: ["문의하기", "닫기"],
  };
  const CSS = `
:host{all:initial!important;position:fixed!important;z-index:2147483000!important;bottom:20px!important;inset-inline-end:20px!important}
:host([side=left]){inset-inline:20px auto!important}
:host([contained]){position:static!important;display:block!important;width:100%!important;height:100%!important}
button{all:unset;box-sizing:border-box;width:56px;height:56px;border-radius:28px;background:var(--a);color:var(--i);cursor:pointer;
display:grid;place-items:center;position:relative;box-shadow:0 4px 20px #0004}
button:focus-visible{outline:3px solid var(--a);outline-offset:3px}
svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
b{position:absolute;top:-4px;right:-4px;min-width:20px;height:20px;border-radius:10px;background:#b42318;color:#fff;
font:600 12px/20px system-ui,sans-serif;text-align:center}
iframe{position:absolute;bottom:72px;inset-inline-end:0;width:min(400px,calc(100vw - 40px));height:min(640px,calc(100dvh - 120px));
border:0;border-radius:16px;background:#fff;box-shadow:0 8px 40px #0004;color-scheme:normal}
:host([side=left]) iframe{inset-inline:0 auto}
:host([contained]) iframe{position:static;display:block;width:100%;height:100%;border-radius:0;box-shadow:none}
:host([contained]) button,[hidden]{display:none!important}
@media(max-width:520px){:host(:not([contained])[open]) button{display:none}
:host(:not([contained])) iframe{position:fixed;inset:0;width:100vw;height:100dvh;border-radius:0}}`;

  const set = script.dataset;
  const origin = new URL(script.src).origin;
  const listeners = {};
  const waiting = [];
  let language = known(set.language || document.documentElement.lang || navigator.language);
  let identity = set.identity || "";
  let open = false;
  let ready = false;
  let frame, port, place;

  function known(tag) {
    const short = String(tag).slice(0, 2).toLowerCase();
    return LABELS[short] ? short : "en";
  }

  // White or near-black, whichever contrasts more (WCAG 2.2, relative luminance).
  function inkOn(colour) {
    const [r, g, b] = [1, 3, 5]
      .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#0f1115" : "#ffffff";
  }

  const accent = /^#[0-9a-f]{6}$/i.test(set.accent) ? set.accent : "#3b5bdb";
  const ink = inkOn(accent);
  const host = document.createElement("fondaco-widget");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS.replace("{all", `{--a:${accent};--i:${ink};all`));
  root.adoptedStyleSheets = [sheet];
  if (set.side === "left") host.setAttribute("side", "left");

  const launcher = document.createElement("button");
  const badge = document.createElement("b");
  launcher.type = "button";
  badge.hidden = true;
  launcher.append(icon(), badge);
  launcher.addEventListener("click", () => (open ? api.close() : api.open()));
  root.append(launcher);

  function icon() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5zM9 11h8M9 14h5");
    svg.append(path);
    return svg;
  }

  function label() {
    launcher.setAttribute("aria-label", LABELS[language][open ? 1 : 0]);
    launcher.setAttribute("aria-expanded", String(open));
    host.lang = language;
    if (frame) frame.title = LABELS[language][0];
  }

  function show(on) {
    open = on;
    host.toggleAttribute("open", on);
    frame.hidden = !on;
    label();
    tell({ type: on ? "show" : "hide", focus: !place });
    emit(on ? "open" : "close");
  }

  function build() {
    frame = document.createElement("iframe");
    frame.addEventListener("load", shakeHands);
    frame.src = new URL(`frame/${encodeURIComponent(set.connection || "")}?language=${language}`, script.src);
    root.append(frame);
  }

  // The port belongs to one document of our own origin; nothing is ever posted to "*".
  function shakeHands() {
    const channel = new MessageChannel();
    port = channel.port1;
    ready = false;
    port.onmessage = (event) => hear(event.data);
    const hello = { type: "fondaco:hello", language, accent, ink, identity, contained: !!place, kept: keep() };
    frame.contentWindow.postMessage(hello, origin, [channel.port2]);
  }

  function tell(message) {
    if (ready) port.postMessage(message);
    else waiting.push(message);
  }

  function hear({ type, count, name, detail, value }) {
    if (type === "ready") {
      ready = true;
      for (const message of waiting.splice(0)) tell(message);
      emit("ready");
    } else if (type === "close" && !place) api.close();
    else if (type === "keep") keep(value);
    else if (type === "event") emit(name, detail);
    else if (type === "unread") {
      badge.textContent = count;
      badge.hidden = !count;
      emit("unread", count);
    }
  }

  // Where the browser denies the panel its own storage, this tab remembers for it.
  function keep(value) {
    const name = `fondaco:${set.connection}`;
    try {
      if (value === undefined) return sessionStorage.getItem(name) || "";
      if (value) sessionStorage.setItem(name, value);
      else sessionStorage.removeItem(name);
    } catch {
      return "";
    }
  }

  function emit(name, detail) {
    for (const listener of listeners[name] || []) listener(detail);
  }

  const api = {
    open() {
      if (!frame) build();
      if (!open) show(true);
    },
    close() {
      if (!open) return;
      show(false);
      launcher.focus();
    },
    send(text) {
      api.open();
      tell({ type: "send", text: String(text) });
    },
    identify(token) {
      identity = String(token);
      if (frame) tell({ type: "identify", identity });
    },
    logout() {
      identity = "";
      keep("");
      // What was written here lies in the frame's own storage, opened on this page or not.
      if (!frame) {
        build();
        frame.hidden = true;
      }
      tell({ type: "logout" });
    },
    setLanguage(tag) {
      language = known(tag);
      label();
      if (frame) tell({ type: "language", language });
    },
    on(name, listener) {
      (listeners[name] ||= []).push(listener);
      if (name === "ready" && ready) listener();
    },
  };

  function mount() {
    place = set.container && document.querySelector(set.container);
    host.toggleAttribute("contained", !!place);
    (place || document.body).append(host);
    label();
    if (place) api.open();
  }

  window.fondaco = Object.freeze(api);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", mount);
  else mount();
})();
