// A ring on the video where its wearer looked, at the time that is on screen.
const panel = element.closest("[role=tabpanel]") || document, ring = document.createElement("i");
ring.className = "ring";
function follow() {
  requestAnimationFrame(follow);
  const video = panel.querySelector("video");
  const point = video?.videoWidth && props.value.points[Math.round(video.currentTime * RING_HZ)];
  ring.hidden = !point;
  if (!point) return;
  if (ring.parentElement !== video.parentElement) video.parentElement.append(ring);
  const scale = Math.min(video.clientWidth / video.videoWidth, video.clientHeight / video.videoHeight);
  const middle = {x: video.offsetLeft + video.clientWidth / 2, y: video.offsetTop + video.clientHeight / 2};
  ring.style.left = `${middle.x + (point[0] - 0.5) * video.videoWidth * scale}px`;
  ring.style.top = `${middle.y + (point[1] - 0.5) * video.videoHeight * scale}px`;
}
follow();
