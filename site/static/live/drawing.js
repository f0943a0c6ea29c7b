// What the pages that play with k-means draw with: elements, digits on canvases, curves, and a pen.
//
//   element(tag, attributes, ...children)   an element; a function among the attributes is a listener
//   digitCanvas()                           an empty tile for a digit
//   drawDigit(canvas, pixels)               784 numbers 0 .. 255 as ink; paper is what lies below
//   drawOverlap(canvas, digit, centroid)    where the ink of the two meets, in the colours of chapter 5
//   curve(values, {...})                    one value for each iteration or k, as an SVG drawing
//   inkOf(strokes)                          what a pen has drawn, as MNIST would keep it: 784 numbers

"use strict";

(function () {
  const SIDE = 28;

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  // ---- Digits ----

  function digitCanvas() {
    return element("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
  }

  // Ask `colour` for the red, green, blue and ink (0 .. 255) of each pixel.
  function paint(canvas, colour) {
    const context = canvas.getContext("2d");
    const image = context.createImageData(SIDE, SIDE);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) image.data.set(colour(pixel), 4 * pixel);
    context.putImageData(image, 0, 0);
  }

  function drawDigit(canvas, pixels) {
    paint(canvas, (pixel) => [0, 0, 0, Math.round(pixels[pixel])]);
  }

  const ORANGE = [191, 138, 0]; // of the centroid alone
  const SKY = [74, 144, 232]; // of the digit alone

  function drawOverlap(canvas, digit, centroid) {
    paint(canvas, (pixel) => {
      const both = Math.min(digit[pixel], centroid[pixel]);
      const [ofCentroid, ofDigit] = [centroid[pixel] - both, digit[pixel] - both];
      const ink = both + ofCentroid + ofDigit;
      const mixed = (part) => (ofCentroid * ORANGE[part] + ofDigit * SKY[part]) / (ink || 1);
      return [mixed(0), mixed(1), mixed(2), ink];
    });
  }

  // ---- Curves ----

  function svg(tag, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [320, 190, 52, 308, 30, 150];

  // `title` is above the curve, `told` describes it to those who do not see it, `write` makes a value short;
  // `at` is the value to mark, from 1 up. The values go `along` what stands below, from `first` up. The scale of y
  // goes from the least to the largest value.
  function curve(values, { title, told, write, at, kind, along = "iteration", first = 1 }) {
    const drawing = svg("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": told, class: `live-curve ${kind}`,
    });
    const label = (x, y, anchor, words) =>
      drawing.append(svg("text", { x, y, "text-anchor": anchor }, words));
    label(LEFT - 44, 16, "start", title);
    drawing.append(svg("path", { class: "axes", d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` }));
    label((LEFT + RIGHT) / 2, HEIGHT - 6, "middle", along);
    if (values.length === 0) return drawing;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const last = Math.max(values.length, 2);
    const x = (iteration) => LEFT + 8 + ((RIGHT - LEFT - 16) * (iteration - 1)) / (last - 1);
    const y = (value) =>
      BOTTOM - 8 - (high > low ? ((BOTTOM - TOP - 16) * (value - low)) / (high - low) : 0);
    label(LEFT - 6, y(high) + 4, "end", write(high));
    if (high > low) label(LEFT - 6, y(low) + 4, "end", write(low));
    label(x(1), BOTTOM + 16, "middle", String(first));
    if (values.length > 1) label(x(values.length), BOTTOM + 16, "middle", String(first + values.length - 1));
    const places = values.map((value, i) => `${x(i + 1)},${y(value)}`);
    drawing.append(svg("polyline", { class: "line", points: places.join(" ") }));
    if (at >= 1) drawing.append(svg("circle", { cx: x(at), cy: y(values[at - 1]), r: 5 }));
    return drawing;
  }

  // ---- The pen ----
  //
  // MNIST's digits fill a square of 20 x 20 pixels, and the middle of their ink is that of the image.

  const RADIUS = 1.4; // of the pen, in pixels: lines as thick as MNIST's
  const EDGE = RADIUS + 0.5; // how far from its middle it leaves any ink
  const BOX = 20;
  const MIDDLE = 14.5; // MNIST counts pixels from 0, and their middle is pixel 14

  // `strokes` are lists of places [x, y], in any unit.
  function inkOf(strokes) {
    const places = strokes.flat();
    if (places.length === 0) return new Uint8Array(SIDE * SIDE);
    const [left, right] = range(places.map(([x]) => x));
    const [top, bottom] = range(places.map(([, y]) => y));
    const size = Math.max(right - left, bottom - top);
    const scale = size > 0 ? (BOX - 2 * EDGE) / size : 1;
    const fitted = moved(strokes, scale, -left * scale, -top * scale);
    const framed = moved(fitted, 1, EDGE, EDGE);
    const [x, y] = middleOf(rasterised(framed));
    return rasterised(moved(framed, 1, MIDDLE - x, MIDDLE - y));
  }

  const range = (numbers) => [Math.min(...numbers), Math.max(...numbers)];

  function moved(strokes, scale, right, down) {
    return strokes.map((stroke) => stroke.map(([x, y]) => [x * scale + right, y * scale + down]));
  }

  // A pixel is black where the pen covers it, and grey at the pen's edge.
  function rasterised(strokes) {
    return Uint8Array.from({ length: SIDE * SIDE }, (_, pixel) => {
      const place = [(pixel % SIDE) + 0.5, Math.floor(pixel / SIDE) + 0.5];
      let distance = Infinity;
      for (const stroke of strokes) {
        for (let i = 0; i < stroke.length; i++) {
          const start = stroke[Math.max(i - 1, 0)];
          distance = Math.min(distance, distanceToLine(place, start, stroke[i]));
        }
      }
      return Math.round(255 * Math.max(0, Math.min(1, EDGE - distance)));
    });
  }

  function distanceToLine([x, y], [x1, y1], [x2, y2]) {
    const [right, down] = [x2 - x1, y2 - y1];
    const along = ((x - x1) * right + (y - y1) * down) / (right ** 2 + down ** 2 || 1);
    const part = Math.max(0, Math.min(1, along));
    return Math.hypot(x - x1 - part * right, y - y1 - part * down);
  }

  function middleOf(pixels) {
    let [ink, right, down] = [0, 0, 0];
    pixels.forEach((value, pixel) => {
      ink += value;
      right += value * ((pixel % SIDE) + 0.5);
      down += value * (Math.floor(pixel / SIDE) + 0.5);
    });
    return [right / ink, down / ink];
  }

  window.mnistDrawing = { SIDE, element, digitCanvas, drawDigit, drawOverlap, curve, inkOf };
})();
