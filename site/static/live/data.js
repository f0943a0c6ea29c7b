// The digits that a page plays with, and what their labels say of clusters.
//
//   loadSample()                    a promise of load_mnist("sample").holdout(): {training, validation}, each with
//                                   its points and labels. Only then the file with the digits is loaded.
//   imageOf(part, number)           the 784 pixels of a digit
//   contingencyTable, majorityLabels, errorRate, holdoutError    as in Python
//   digitsOf(root)                  loadSample, with a word on the page while it lasts

"use strict";

(function () {
  const { SIDE, element } = mnistDrawing;
  const PIXELS = SIDE * SIDE;
  const FOLDER = document.currentScript.src.replace(/[^/]*$/, "");

  // ---- The digits: load_mnist("sample").holdout() ----

  // A page on disk may not read files, but it may run scripts: sample.js holds the files of the sample.
  const loaded = {};
  function loadSample() {
    loaded.sample ??= new Promise((resolve, reject) => {
      const script = element("script", { src: `${FOLDER}sample.js`, load: resolve, error: reject });
      document.head.append(script);
    }).then(holdout);
    loaded.sample.catch(() => delete loaded.sample); // whoever asks again tries again
    return loaded.sample;
  }

  async function holdout() {
    const [images, labels] = await Promise.all(mnistKmeans.sample.map(unpack));
    const n = labels.length - 8; // the header of labels has 8 bytes, that of images 16
    const first = n / 4; // as in Python, the validation part is the first quarter
    const part = (from, to) => ({
      points: mnistKmeans.asPoints(to - from, PIXELS, images.slice(16 + from * PIXELS, 16 + to * PIXELS)),
      labels: labels.slice(8 + from, 8 + to),
    });
    return { training: part(first, n), validation: part(0, first) };
  }

  async function unpack({ name, sha256, gzip }) {
    const packed = Uint8Array.from(atob(gzip), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const content = new Uint8Array(await new Response(stream).arrayBuffer());
    if (mnistKmeans.sha256(content) !== sha256) throw new Error(`${name} is damaged.`);
    return content;
  }

  const imageOf = ({ points }, number) => points.values.subarray(number * PIXELS, (number + 1) * PIXELS);

  // ---- What labels say of clusters ----

  // How many points of each cluster bear each label: k rows of ten counts.
  function contingencyTable(labels, assignments, k) {
    const table = Array.from({ length: k }, () => new Array(10).fill(0));
    labels.forEach((label, point) => (table[assignments[point]][label] += 1));
    return table;
  }

  // The commonest label of each cluster; the lowest wins a tie, and an empty cluster gets -1.
  function majorityLabels(table) {
    return table.map((counts) => (counts.some(Boolean) ? counts.indexOf(Math.max(...counts)) : -1));
  }

  function errorRate(labels, inferred) {
    return labels.filter((label, point) => label !== inferred[point]).length / labels.length;
  }

  // The share of validation digits whose nearest centroid bears the wrong name.
  function holdoutError({ training, validation }, { assignments, centroids }) {
    const k = centroids.length / PIXELS;
    const names = majorityLabels(contingencyTable(training.labels, assignments, k));
    const nearest = mnistKmeans.assign(validation.points, centroids);
    return errorRate(validation.labels, Array.from(nearest, (cluster) => names[cluster]));
  }

  // The digits, for an element of the page: it says so while they are loaded, and where that fails.
  async function digitsOf(root) {
    root.querySelector(".live-loading")?.remove(); // an attempt that failed
    const words = element("p", { class: "live-loading", role: "status" }, "The digits are being loaded …");
    root.append(words);
    try {
      const digits = loadSample();
      mnistKmeans.points = digits.then(({ training }) => training.points);
      const parts = await digits;
      words.remove();
      return parts;
    } catch (error) {
      words.textContent = `The digits could not be loaded. ${error.message ?? ""}`;
      return null;
    }
  }

  window.mnistDigits = {
    PIXELS, loadSample, digitsOf, imageOf, contingencyTable, majorityLabels, errorRate, holdoutError,
  };
})();
