// The server as the panel knows it.

/** A request that was answered with a problem (RFC 9457), or not at all (status 0). */
export class Problem extends Error {
  constructor(status, detail, waitSeconds) {
    super(detail);
    this.status = status;
    this.waitSeconds = waitSeconds;
  }
}

/** 256 random bits; the server derives the visitor's token from the first one. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {string} base @param {() => string} token */
export function server(base, token) {
  const bearer = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

  async function ask(method, path, body, key) {
    const headers = { ...bearer(), ...(key && { "Idempotency-Key": key }) };
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(base + path, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
    } catch {
      throw new Problem(0, "", 0);
    }
    const told = await response.json().catch(() => ({}));
    if (!response.ok) throw new Problem(response.status, told.detail, Number(response.headers.get("Retry-After")));
    return told;
  }

  return {
    bearer,
    eventsAddress: () => `${base}/events`,
    config: (connection, language) => ask("GET", `/${connection}/config?language=${language}`),
    begin: (connection, body, key) => ask("POST", `/${connection}/conversations`, body, key),
    write: (body, key) => ask("POST", "/messages", body, key),
    history: () => ask("GET", "/history?after=0"),
    person: () => ask("POST", "/person", {}, newKey()),
    rate: (stars) => ask("POST", "/rating", { stars }, newKey()),
    identify: (identity) => ask("POST", "/identity", { identity }),
  };
}
