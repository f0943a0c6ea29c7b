// Under each result of a search, what its section says around the words that were looked for.
const ROOM = 110; // characters before and after the first word that is found

document.addEventListener("DOMContentLoaded", () => {
  const query = new URLSearchParams(location.search).get("q") ?? "";
  const stemmer = new Stemmer();
  const stems = splitQuery(query.toLowerCase()).map((word) => stemmer.stemWord(word));
  // Only from the beginnings of words: "one" is not in "alone".
  const wanted = new RegExp(`(?<![\\p{L}\\d])(?:${stems.join("|")})[\\p{L}\\d]*`, "giu");

  function excerpt(link) {
    const url = new URL(link.href);
    const page = url.pathname.slice(new URL("./", location).pathname.length).replace(/\.html$/, "");
    const sections = EXCERPTS[decodeURIComponent(page)] ?? {};
    const own = sections[decodeURIComponent(url.hash.slice(1))];
    const texts = own === undefined ? Object.values(sections) : [own];
    const text = texts.find((each) => each.search(wanted) >= 0) ?? texts[0] ?? "";
    const place = Math.max(text.search(wanted), 0);
    const start = place > ROOM ? text.indexOf(" ", place - ROOM) + 1 : 0;
    const cut = text.slice(start, place + ROOM).replace(/\s\S*$/, place + ROOM < text.length ? " …" : "$&");
    return (start ? "… " : "") + cut;
  }

  function tell(result) {
    const paragraph = document.createElement("p");
    paragraph.className = "context";
    const words = excerpt(result.querySelector("a"));
    let end = 0;
    for (const found of stems.length ? words.matchAll(wanted) : []) {
      const mark = document.createElement("mark");
      mark.textContent = found[0];
      paragraph.append(words.slice(end, found.index), mark);
      end = found.index + found[0].length;
    }
    paragraph.append(words.slice(end));
    result.append(paragraph);
  }

  const results = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node.matches?.("ul.search > li")) tell(node);
      }
    }
  });
  results.observe(document.getElementById("search-results"), { childList: true, subtree: true });
});
