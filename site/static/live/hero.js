// The first picture of the front page: a real run of k-means that plays once, then is still. run.js holds its
// centroids. It takes the place of the picture in an element of the class `live-hero`.

"use strict";

(async function () {
  const { SIDE, element, digitCanvas, drawDigit } = mnistDrawing;
  const PIXELS = SIDE * SIDE;
  const TIME = 650; // from one picture to the next, in milliseconds
  const { k, seed, digits, iterations, names, gzip } = mnistHero;

  const packed = Uint8Array.from(atob(gzip), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const frames = new Uint8Array(await new Response(stream).arrayBuffer());

  const tiles = names.map(() => ({ canvas: digitCanvas(), name: element("b") }));
  const words = element("p");
  const told = `${k} centroids of k-means, and the commonest digit of each cluster with its share: ${names.join("; ")}.`;

  // `place` is a number of frames; between two of them the one fades into the other.
  function show(place) {
    const [from, to] = [Math.floor(place), Math.ceil(place)];
    const part = place - from;
    tiles.forEach(({ canvas }, cluster) => {
      const [one, other] = [from, to].map((frame) => (frame * k + cluster) * PIXELS);
      drawDigit(
        canvas,
        Array.from({ length: PIXELS }, (_, i) => (1 - part) * frames[one + i] + part * frames[other + i])
      );
    });
    const iteration = iterations[from];
    words.textContent = `k-means on ${digits.toLocaleString("en")} digits (seed ${seed}), iteration ${iteration}`;
  }

  function end() {
    show(iterations.length - 1);
    tiles.forEach(({ name }, cluster) => (name.textContent = names[cluster]));
    words.replaceChildren(
      `After ${iterations.at(-1)} iterations no centroid moves. Below each stands the commonest digit of its cluster. `,
      element("a", { href: "playground.html" }, "Do it yourself")
    );
  }

  function play(now) {
    const place = (now - start) / TIME;
    if (place >= iterations.length - 1) return end();
    show(Math.max(0, place));
    requestAnimationFrame(play);
  }

  for (const root of document.querySelectorAll(".live-hero")) {
    const grid = element(
      "div", { class: "live-run", role: "img", "aria-label": told },
      ...tiles.map(({ canvas, name }) => element("div", {}, canvas, name))
    );
    root.replaceChildren(grid, words);
  }
  const start = performance.now() + TIME; // the first picture stays a little longer
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) end();
  else requestAnimationFrame(play);
})();
