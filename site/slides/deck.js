// Slides of 1280 x 720. The size of the type is as large as what a slide shows allows, and never below the
// least that can be read from the last row.
const SIZES = { title: 40, question: 58, list: 40, formula: 40, table: 36, code: 30, picture: 28, animation: 28 };
const LEAST = 20;

function overflows(slide) {
  const body = slide.querySelector(".body");
  return [body, ...body.querySelectorAll("pre, table")].some(
    (part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1
      || part.getBoundingClientRect().right > body.getBoundingClientRect().right + 1
  );
}

function fit(slide) {
  const kind = slide.classList[0];
  for (let size = SIZES[kind]; size >= LEAST; size--) {
    slide.style.fontSize = `${size}px`;
    if (!overflows(slide)) return;
  }
}

Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  maxScale: 4,
  scrollActivationWidth: null,
  hash: true,
  controls: false,
  center: false,
  display: "grid",
  slideNumber: "c/t",
  transition: "none",
  plugins: [RevealNotes],
});
for (const event of ["ready", "slidechanged"]) {
  Reveal.on(event, ({ currentSlide }) => fit(currentSlide));
}
