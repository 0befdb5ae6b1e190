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
from zoo.features import FeatureSpec
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
    """One clip on its way through several releases; each encoding and each forward pass is done once."""

    def __init__(self, clip: Clip, decode_s: float, store: ModelStore) -> None:
        self.clip = clip
        self._decode_s, self._store = decode_s, store
        self._spent = Latency(decode=decode_s)
        self._encoded: dict[Encoding, tuple] = {}
        self._features: dict[tuple[FeatureSpec, Encoding], tuple] = {}

    def answer(self, release: Release, encoding: Encoding) -> tuple[NamedClip, Latency]:
        """Answer with a release; the latency is what it would take alone, shared work counted in full.

        Raises WeightsMissing, MissingSignal.
        """
        if encoding not in self._encoded:
            self._encoded[encoding] = self._timed("encode", lambda: self._encode(encoding))
        (encoded, thumbnail), encode_s = self._encoded[encoding]
        spec, shown = release.feature_spec, encoded.encoding
        if (spec, shown) not in self._features:
            self._features[spec, shown] = self._timed("embed", lambda: self._store.embed(spec, [encoded]))
        features, embed_s = self._features[spec, shown]
        (prediction,), answer_s = self._timed("answer", lambda: self._store.answer(release, features))
        named = NamedClip(
            prediction=prediction,
            encoding=shown,
            gaze_coverage=self.clip.gaze_coverage,
            thumbnail=thumbnail,
        )
        return named, Latency(decode=self._decode_s, encode=encode_s, embed=embed_s, answer=answer_s)

    def spend(self, latency: Latency) -> None:
        """Count seconds that were spent on this clip."""
        self._spent += latency

    def take_latency(self) -> Latency:
        """The seconds really spent on this clip since the last call; shared work counts once."""
        spent, self._spent = self._spent, Latency()
        return spent

    def forget_features(self) -> None:
        """Drop what the encoders made of the clip; its frames stay."""
        self._features.clear()

    def _timed(self, stage: str, act: Callable[[], object]) -> tuple:
        """The result of a stage and its seconds."""
        start_s = time.perf_counter()
        result = act()
        spent_s = time.perf_counter() - start_s
        self.spend(Latency(**{stage: spent_s}))
        return result, spent_s

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
