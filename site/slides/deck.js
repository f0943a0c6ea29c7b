// Slides of 1280 x 720. The size of the type is as large as what a slide shows allows, and never below the
// least that can be read from the last row.
const SIZES = { title: 40, question: 58, list: 40, formula: 40, table: 44, code: 30, picture: 34, animation: 28 };
const LEAST = 20, UNBROKEN = 26;
const LEAST_WORDS = 26;

function overflows(slide) {
  const body = slide.querySelector(".body");
  return [body, ...body.querySelectorAll("pre, table")].some(
    (part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1
      || part.getBoundingClientRect().right > body.getBoundingClientRect().right + 1
  );
}

// Rows of a table and lines that are printed stay unbroken, unless their type were small then.
function fit(slide) {
  slide.querySelector(".words").style.fontSize = "";
  for (const [unbroken, least] of [[true, UNBROKEN], [false, LEAST]]) {
    slide.classList.toggle("unbroken", unbroken);
    for (let size = SIZES[slide.classList[0]]; size >= least; size--) {
      slide.style.fontSize = `${size}px`;
      if (!overflows(slide)) return;
    }
  }
}

// What is left of the room is for the words below, up to the size of all else; a picture keeps its own.
function enlargeWords(slide) {
  const words = slide.querySelector(".words");
  const height = () => slide.querySelector(".body > img")?.clientHeight;
  const before = height();
  const most = Math.max(parseFloat(slide.style.fontSize), LEAST_WORDS);
  for (let size = most; size >= LEAST_WORDS; size--) {
    words.style.fontSize = `${size}px`;
    if (!overflows(slide) && height() === before) return;
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
  Reveal.on(event, ({ currentSlide }) => {
    fit(currentSlide);
    enlargeWords(currentSlide);
  });
}
