// Moves the video of this tab to a time; one that is not ready yet, as soon as it is.
const tab = node => node.closest?.("[role=tabpanel]") ?? document;
let wantedS = null;
function seek(atS) {
  const video = tab(element).querySelector("video");
  wantedS = video?.readyState ? null : atS;
  if (wantedS === null) video.currentTime = atS;
}
document.addEventListener("loadedmetadata", event => {
  if (wantedS !== null && tab(event.target) === tab(element)) seek(wantedS);
}, true);
