// The arrows that unfold a part of the side bar have no text; say to screen readers what they unfold.
document.addEventListener("DOMContentLoaded", () => {
  for (const arrow of document.querySelectorAll("nav summary")) {
    arrow.ariaLabel = "Pages of: " + arrow.closest("li").querySelector("a").textContent.trim();
  }
});
