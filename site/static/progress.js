// What a reader has seen and answered, kept in this browser alone. Where nothing can be kept, nothing is.
"use strict";

const progress = (() => {
  const KEY = "mnist-kmeans-progress";
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href).href;

  // Everything that is kept: {chapter: {sections: {done: [ids], of: 9}, questions: {done: [0, 2], of: 4}}}.
  function load() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  }

  function save(all) {
    try {
      localStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      // then it is forgotten
    }
  }

  // The name of the chapter that an address leads to, such as "03_lloyd_from_scratch", or null.
  function chapterAt(address) {
    const name = address.startsWith(root) ? address.slice(root.length) : "";
    return name.match(/^(\d\d_\w+)\.html/)?.[1] ?? null;
  }

  const here = chapterAt(location.href);

  // What is done in this chapter of the things of a kind, "sections" or "questions".
  function done(kind, things) {
    const before = load()[here]?.[kind]?.done ?? [];
    return before.filter((each) => things.includes(each));
  }

  // Note how many things of a kind this chapter has, and that one of them is done.
  function note(kind, things, one) {
    const all = load();
    const now = new Set(done(kind, things)).add(one);
    now.delete(undefined);
    all[here] = { ...all[here], [kind]: { done: [...now], of: things.length } };
    save(all);
  }

  // A section is seen when its heading has been on the screen.
  function watchHeadings() {
    const headings = [...document.querySelectorAll("article section[id] > h2")];
    const ids = headings.map((heading) => heading.parentElement.id);
    const observer = new IntersectionObserver((changes) => {
      for (const { isIntersecting, target } of changes) {
        if (isIntersecting) note("sections", ids, target.parentElement.id);
      }
    });
    headings.forEach((heading) => observer.observe(heading));
  }

  // What is known of a chapter, in words.
  function told({ sections, questions }) {
    const words = [];
    if (sections) {
      const { done, of } = sections;
      words.push(done.length === of ? "read" : `${done.length} of ${of} sections`);
    }
    if (questions) words.push(`${questions.done.length} of ${questions.of} questions`);
    return words.join(", ");
  }

  // Write it behind the links that bear the titles of chapters.
  function mark(links) {
    const all = load();
    return [...links].filter((link) => {
      const known = all[chapterAt(link.href)];
      if (!known || !/^\d+\. /.test(link.textContent.trim())) return false;
      const note = document.createElement("span");
      note.className = "progress-note";
      note.textContent = told(known);
      link.after(note);
      return true;
    });
  }

  // Say above the list of chapters what the marks mean, with a button that clears them.
  function explain(marked) {
    const panel = document.createElement("div");
    const clear = document.createElement("button");
    panel.className = "progress-panel";
    panel.setAttribute("role", "status");
    panel.tabIndex = -1;
    panel.append(
      "Your progress is kept in this browser alone. A chapter is read when the heading of each of its " +
        "sections has been on your screen. A question counts when you have found its right answer. ",
      clear
    );
    clear.type = "button";
    clear.textContent = "Clear my progress";
    clear.addEventListener("click", () => {
      localStorage.removeItem(KEY);
      document.querySelectorAll(".progress-note").forEach((each) => each.remove());
      panel.textContent = "Your progress is cleared.";
      panel.focus();
    });
    marked.closest("section").querySelector("h1, h2").after(panel);
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (here) watchHeadings();
    mark(document.querySelectorAll("nav[aria-label=Main] a"));
    const listed = location.href.startsWith(`${root}index.html`) || location.pathname.endsWith("/");
    const [first] = listed ? mark(document.querySelectorAll("article a")) : [];
    if (first) explain(first);
  });

  return { done, note };
})();
