// What timeline.js stands on, where there is no page: its element, its value, and no events.
if (matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.classList.add("dark");
const element = document.getElementById("lanes");
const props = {value: JSON.parse(document.getElementById("value").textContent)};
const trigger = () => {}, watch = () => {};
