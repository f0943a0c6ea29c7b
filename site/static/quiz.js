// Makes of each quick question of a chapter, which is text with a folded answer, one that can be answered.
"use strict";

(() => {
  function element(name, attributes = {}, ...children) {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  }

  // Nodes of the text of an item of a list, which may be in a paragraph.
  const inside = (item) => [...(item.querySelector("p") ?? item).childNodes];

  // A question is a paragraph, a list of answers and, folded, a list of reasons: one for each answer.
  function ask(question, number, numbers) {
    const answers = question.nextElementSibling;
    const folded = answers.nextElementSibling;
    const reasons = [...folded.querySelectorAll("li")];
    const result = element("div", { className: "quiz-result", role: "status" });
    const fields = element("fieldset", {}, element("legend", {}, ...question.childNodes), answers);
    const check = element("button", {}, "Check");
    const form = element("form", { className: "quiz box predict" }, fields, check, result, folded);
    question.replaceWith(form);
    folded.querySelector("summary").textContent = "All answers";

    [...answers.children].forEach((item, place) => {
      const choice = element("input", { type: "radio", name: "answer", value: place, required: true });
      item.replaceChildren(element("label", {}, choice, element("span", {}, ...inside(item))));
    });
    if (progress.done("questions", numbers).includes(number)) {
      result.append("You have found the answer before.");
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const reason = inside(reasons[form.elements.answer.value].cloneNode(true));
      const isRight = reason[0].textContent === "Right.";
      if (isRight) progress.note("questions", numbers, number);
      form.dataset.result = isRight ? "right" : "wrong";
      result.replaceChildren(...(isRight ? [] : [element("strong", {}, "Not this one."), " "]), ...reason);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const openings = [...document.querySelectorAll("article p > strong:first-child")];
    const questions = openings.filter((each) => each.textContent === "Quick question.");
    const numbers = [...questions.keys()];
    if (questions.length) progress.note("questions", numbers);
    questions.forEach((opening, number) => ask(opening.parentElement, number, numbers));
  });
})();
