// Under each result of a search, what its section says around the words that were looked for.
const ROOM = 120; // characters on each side
const EXCERPTS = {}; // page -> anchor of a section -> its text; scripts of the pages add to it

document.addEventListener("DOMContentLoaded", () => {
  const stemmer = new Stemmer();
  const query = new URLSearchParams(location.search).get("q") ?? "";
  const asked = splitQuery(query.toLowerCase()).filter((word) => !stopwords.has(word));
  const stems = new Set(asked.map((word) => stemmer.stemWord(word)));

  // The words of a text that were looked for: each with its stem and its place.
  function hits(text) {
    const words = [...text.matchAll(/[\p{L}\d_]+/gu)];
    const found = words.map((word) => ({ word: word[0], place: word.index, stem: stemOf(word[0]) }));
    return found.filter(({ stem }) => stems.has(stem));
  }

  const known = new Map();
  function stemOf(word) {
    if (!known.has(word)) known.set(word, stemmer.stemWord(word.toLowerCase()));
    return known.get(word);
  }

  const variety = (found) => new Set(found.map(({ stem }) => stem)).size;

  // The sections of a page; its script is fetched when the page is found.
  const fetched = new Map();
  function sectionsOf(page) {
    if (!fetched.has(page)) {
      const script = document.createElement("script");
      const ended = new Promise((end) => Object.assign(script, { onload: end, onerror: end }));
      fetched.set(page, ended.then(() => EXCERPTS[page] ?? {}));
      script.src = `excerpts/${encodeURI(page)}.js`;
      document.head.append(script);
    }
    return fetched.get(page);
  }

  // The text of the section that a link leads to, or the one on its page that has most of the words.
  async function textBehind(link) {
    const url = new URL(link.href);
    const page = url.pathname.slice(new URL("./", location).pathname.length).replace(/\.html$/, "");
    const sections = await sectionsOf(decodeURIComponent(page));
    const own = sections[decodeURIComponent(url.hash.slice(1))];
    const texts = own === undefined ? Object.values(sections) : [own];
    return texts.reduce((best, text) => (variety(hits(text)) > variety(hits(best)) ? text : best), texts[0] ?? "");
  }

  async function tell(result) {
    const text = await textBehind(result.querySelector("a"));
    const found = hits(text);
    const near = ({ place }) => variety(found.filter((other) => Math.abs(other.place - place) < ROOM));
    const middle = found.reduce((best, hit) => (near(hit) > near(best) ? hit : best), found[0])?.place ?? 0;
    const start = middle > ROOM ? text.indexOf(" ", middle - ROOM) + 1 : 0;
    const end = middle + ROOM < text.length ? text.lastIndexOf(" ", middle + ROOM) : text.length;
    const paragraph = document.createElement("p");
    paragraph.className = "context";
    let told = start;
    for (const { word, place } of found.filter(({ place }) => place >= start && place < end)) {
      const mark = document.createElement("mark");
      mark.textContent = word;
      paragraph.append(text.slice(told, place), mark);
      told = place + word.length;
    }
    paragraph.append(text.slice(told, end));
    if (start) paragraph.prepend("… ");
    if (end < text.length) paragraph.append(" …");
    result.append(paragraph);
  }

  const results = new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    added.filter((node) => node.matches?.("ul.search > li")).forEach(tell);
  });
  document.querySelectorAll("ul.search > li").forEach(tell); // the search may have begun
  results.observe(document.getElementById("search-results"), { childList: true, subtree: true });
});
