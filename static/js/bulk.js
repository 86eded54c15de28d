// The number on the button of a list with check boxes. Without this script the button says no number (theme.css).
"use strict";
for (const form of document.querySelectorAll("form[data-bulk]")) {
  const label = form.querySelector("[data-bulk-label]");
  const labels = JSON.parse(label.dataset.bulkLabel);
  const count = () => {
    label.textContent = labels[form.querySelectorAll("input[name=ids]:checked").length];
  };
  form.addEventListener("change", count);
  window.addEventListener("pageshow", count); // back in the history, a browser ticks the boxes as they were
}
