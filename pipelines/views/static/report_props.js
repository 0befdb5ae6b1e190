// What timeline.js stands on, where there is no page: its element and its value.
if (matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.classList.add("dark");
const element = document.getElementById("lanes");
const props = {value: JSON.parse(document.getElementById("value").textContent)};
const watch = () => {};
