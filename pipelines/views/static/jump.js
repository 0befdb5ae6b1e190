// A clip worth a look moves the video.
element.addEventListener("click", event => {
  const at = event.target.closest(".jump")?.dataset.at;
  if (at) seek(Number(at));
});
