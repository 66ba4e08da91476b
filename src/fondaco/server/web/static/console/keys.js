// Keys of the console: off while somebody types or composes, and never with a modifier.

/** @param {() => import("./thread.js").Thread | undefined} thread */
export function keys(thread) {
  const help = document.getElementById("keys");
  const open = document.getElementById("keys-open");
  open.hidden = false;
  open.addEventListener("click", () => help.showModal());

  const acts = {
    j: () => step(1),
    k: () => step(-1),
    r: () => thread()?.write("reply"),
    n: () => thread()?.write("note"),
    t: () => take(thread()),
    e: () => thread()?.act("resolve"),
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input[type=text], textarea, select")) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function take(thread) {
  if (!thread) return;
  const name = thread.find("#controls form[data-act=takeover]") ? "takeover" : "handback";
  thread.act(name);
}

function step(by) {
  const rows = [...document.querySelectorAll("#list .row")];
  const at = rows.findIndex((row) => row === document.activeElement || row.matches("[aria-current]"));
  rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.click();
}
