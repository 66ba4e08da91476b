// Turns a message into nodes: text, line breaks and links to allowed hosts. Nothing else, and never HTML.

const ADDRESS = /https?:\/\/[^\s<>"'“”„「」『』（）［］、。，！？：；]+/g;
const TRAILING = /[.,:;!?)\]]+$/;
const BEFORE_UNIT = /(?<=\d) (?=[€£¥₩%])/g; // an amount stays in one line

/** @param {string} text @param {string[]} hosts
 *  @returns {{kind: "text" | "break" | "link", text: string}[]} */
export function tokens(text, hosts) {
  return text.split("\n").flatMap((line, number) => {
    const found = lineTokens(line, hosts);
    return number ? [{ kind: "break", text: "\n" }, ...found] : found;
  });
}

function lineTokens(line, hosts) {
  const found = [];
  let end = 0;
  for (const match of line.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    if (!isAllowed(address, hosts)) continue;
    if (match.index > end) found.push({ kind: "text", text: line.slice(end, match.index) });
    found.push({ kind: "link", text: address });
    end = match.index + address.length;
  }
  if (end < line.length) found.push({ kind: "text", text: line.slice(end) });
  return found;
}

function isAllowed(address, hosts) {
  try {
    const { host, username, password } = new URL(address);
    return !username && !password && hosts.includes(host);
  } catch {
    return false;
  }
}

/** @param {string} text @param {string[]} hosts @returns {Node[]} */
export function toNodes(text, hosts) {
  return tokens(text, hosts).map((token) => {
    if (token.kind === "break") return document.createElement("br");
    if (token.kind === "text") return document.createTextNode(token.text.replace(BEFORE_UNIT, "\u00a0"));
    const link = document.createElement("a");
    link.href = token.text;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    link.textContent = token.text;
    return link;
  });
}
