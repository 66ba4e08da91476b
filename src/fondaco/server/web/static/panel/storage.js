// Where the visitor's token is kept: in the frame's own storage, or, where the browser denies that, with the loader.

/** @param {string} connection @param {(value: string) => void} handOver @param {string} kept */
export function tokenStorage(connection, handOver, kept) {
  const name = `fondaco:${connection}`;
  let value = kept;
  try {
    value = localStorage.getItem(name) || kept;
  } catch {
    // Denied; the loader has told what it keeps.
  }
  function keep(changed) {
    value = changed;
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch {
      handOver(value);
    }
  }
  return {
    token: () => value.split(" ")[0],
    conversation: () => value.split(" ")[1] ?? "",
    remember: (token, conversation) => keep(`${token} ${conversation}`),
    forget: () => keep(""),
  };
}
