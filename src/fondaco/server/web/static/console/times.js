// Writes times in the reader's own zone and language; without this script they stand there in UTC.

const MINUTE = 60_000;
const STEPS = [
  ["minute", MINUTE, 60 * MINUTE],
  ["hour", 60 * MINUTE, 24 * 60 * MINUTE],
  ["day", 24 * 60 * MINUTE, Infinity],
];

/** @param {number} ms since then @param {Intl.RelativeTimeFormat} format */
export function age(ms, format) {
  if (ms < MINUTE) return format.format(0, "second");
  const [unit, length] = STEPS.find(([, , end]) => ms < end);
  return format.format(-Math.floor(ms / length), unit);
}

/** Write every time below `root` anew. */
export function writeTimes(root = document) {
  const language = document.documentElement.lang;
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const today = new Date().toDateString();
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    const near = at.toDateString() === today ? clock : full;
    const told = "clock" in time.dataset ? near.format(at) : age(Date.now() - at, relative);
    if (time.textContent !== told) time.textContent = told;
    time.title = full.format(at);
  }
}

/** Keep ages true while the page stays open. */
export function keepTimes() {
  writeTimes();
  setInterval(writeTimes, MINUTE / 2);
}
