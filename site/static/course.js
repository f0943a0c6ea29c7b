document.addEventListener("DOMContentLoaded", () => {
  // The arrows that unfold a part of the side bar have no text; say to screen readers what they unfold.
  for (const arrow of document.querySelectorAll("nav summary")) {
    arrow.ariaLabel = "Pages of: " + arrow.closest("li").querySelector("a").textContent.trim();
  }

  // What is wider than its box fades at the edge behind which it goes on.
  const boxes =
    "article pre, .cell_output > .output, .cell_output > a.image-reference, .formula, " +
    ".pst-scrollable-table-container";
  for (const box of document.querySelectorAll(boxes)) {
    const tell = () =>
      box.classList.toggle("goes-on", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
    box.addEventListener("scroll", tell, { passive: true });
    new ResizeObserver(tell).observe(box);
  }

  // Rows of numbers stay rows; what else is printed is broken on a phone.
  for (const printed of document.querySelectorAll(".cell_output pre")) {
    printed.classList.toggle("matrix", /^ *\[\[/m.test(printed.textContent));
  }

  // A figure is a link to its picture. With this script it enlarges on the page, and a press puts it back.
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  dialog.innerHTML = '<button type="button" aria-label="Close" autofocus>×</button><div></div>';
  dialog.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  for (const link of document.querySelectorAll("article a.image-reference")) {
    link.title = "Enlarge";
    link.addEventListener("click", (press) => {
      press.preventDefault();
      const image = link.querySelector("img").cloneNode();
      image.classList.toggle("wide", image.naturalWidth > 1.4 * image.naturalHeight);
      dialog.ariaLabel = image.alt;
      dialog.lastChild.replaceChildren(image);
      dialog.showModal();
    });
  }

  // Paper is white, by night as well.
  const root = document.documentElement.dataset;
  let theme;
  addEventListener("beforeprint", () => ([theme, root.theme] = [root.theme, "light"]));
  addEventListener("afterprint", () => (root.theme = theme));
});
