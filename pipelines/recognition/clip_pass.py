"""ClipPass, one clip through decode → encode → embed → answer."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2

from encodings.clip import FRAMES, Clip
from encodings.names import Encoding
from encodings.paint import encode
from pipelines.recognition.latency import Latency
from zoo.model_store import ModelStore
from zoo.predictions import ClipPrediction
from zoo.releases import Release

THUMBNAIL_HEIGHT = 72  # px of the small picture kept of each clip
THUMBNAIL_FRAME = FRAMES // 2  # its middle frame
THUMBNAIL_QUALITY = 70


@dataclass(frozen=True, kw_only=True)
class NamedClip:
    """A clip's prediction, and what the model was shown."""

    prediction: ClipPrediction
    encoding: Encoding  # V where VG was requested and the clip has no gaze
    gaze_coverage: float
    thumbnail: str  # data URI of a JPEG: the middle frame in this encoding


class ClipPass:
    """One clip on its way through several releases: encoded once an encoding, embedded once a forward pass.

    latency has the seconds really spent on the clip, however many releases share the work.
    """

    def __init__(self, clip: Clip, decode_s: float, store: ModelStore) -> None:
        self.clip, self.latency = clip, Latency(decode=decode_s)
        self._decode_s, self._store = decode_s, store
        self._results: dict[tuple, tuple] = {}

    def answer(self, release: Release, encoding: Encoding) -> tuple[NamedClip, Latency]:
        """Answer with a release; the latency is what it would take alone, shared work counted in full.

        Raises WeightsMissing, MissingSignal.
        """
        (encoded, thumbnail), encode_s = self._once("encode", encoding, lambda: self._encode(encoding))
        spec, shown = release.feature_spec, encoded.encoding
        features, embed_s = self._once("embed", (spec, shown), lambda: self._store.embed(spec, [encoded]))
        start_s = time.perf_counter()
        (prediction,) = self._store.answer(release, features)
        answer_s = time.perf_counter() - start_s
        self.latency += Latency(answer=answer_s)
        named = NamedClip(
            prediction=prediction,
            encoding=shown,
            gaze_coverage=self.clip.gaze_coverage,
            thumbnail=thumbnail,
        )
        return named, Latency(decode=self._decode_s, encode=encode_s, embed=embed_s, answer=answer_s)

    def _once(self, stage: str, key: object, act: Callable[[], object]) -> tuple:
        """The result of a stage and its seconds, computed now or when another release needed it."""
        if (stage, key) not in self._results:
            start_s = time.perf_counter()
            result = act()
            spent_s = time.perf_counter() - start_s
            self.latency += Latency(**{stage: spent_s})
            self._results[stage, key] = result, spent_s
        return self._results[stage, key]

    def _encode(self, encoding: Encoding) -> tuple[Clip, str]:
        encoded = encode(self.clip, encoding)
        return encoded, _thumbnail(encoded)


def _thumbnail(clip: Clip) -> str:
    frame = clip.frames[THUMBNAIL_FRAME]
    width = round(frame.shape[1] * THUMBNAIL_HEIGHT / frame.shape[0])
    small = cv2.resize(frame, (width, THUMBNAIL_HEIGHT), interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY]
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), quality)[1]
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
