"""ClipPass, one clip through decode → encode → embed → answer, and ClipBatch, clips that take it together."""

import base64
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2

from encodings.clip import FRAMES, Clip
from encodings.names import Encoding
from encodings.paint import encode
from pipelines.recognition.latency import Latency
from zoo.features import Features, FeatureSpec, join
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


class ClipBatch:
    """Clips on their way through several releases; each encoding and each forward pass is done once.

    The work of a stage is done for all of its clips when the first of them needs it, and each clip bears an
    equal share of the seconds.
    """

    def __init__(self, clips: Sequence[Clip], decode_s: float, store: ModelStore) -> None:
        self.clips = clips
        self._decode_s, self._store = decode_s / len(clips), store
        self._spent = Latency(decode=decode_s)
        self._encoded: dict[Encoding, tuple[list[tuple[Clip, str]], float]] = {}
        self._features: dict[tuple[int, FeatureSpec, Encoding], tuple[Features, float]] = {}
        self._answers: dict[tuple[Release, Encoding], tuple[tuple[ClipPrediction, ...], float]] = {}

    def answer(self, number: int, release: Release, encoding: Encoding) -> tuple[NamedClip, Latency]:
        """One clip's answer by a release, and its latency, see ClipPass."""
        if encoding not in self._encoded:
            self._encoded[encoding] = self._timed("encode", len(self.clips), lambda: self._encode(encoding))
        encoded, encode_s = self._encoded[encoding]
        spec = release.feature_spec
        self._embed(spec, encoded)
        rows = [self._features[place, spec, clip.encoding] for place, (clip, _) in enumerate(encoded)]
        if (release, encoding) not in self._answers:
            features = join([each for each, _ in rows])
            self._answers[release, encoding] = self._timed(
                "answer", len(rows), lambda: self._store.answer(release, features)
            )
        predictions, answer_s = self._answers[release, encoding]
        clip, thumbnail = encoded[number]
        named = NamedClip(
            prediction=predictions[number],
            encoding=clip.encoding,
            gaze_coverage=self.clips[number].gaze_coverage,
            thumbnail=thumbnail,
        )
        embed_s = rows[number][1]
        return named, Latency(decode=self._decode_s, encode=encode_s, embed=embed_s, answer=answer_s)

    def spend(self, latency: Latency) -> None:
        """Count seconds that were spent on these clips."""
        self._spent += latency

    def take_latency(self) -> Latency:
        """The seconds really spent on the clips since the last call; shared work counts once."""
        spent, self._spent = self._spent, Latency()
        return spent

    def forget_answers(self) -> None:
        """Drop what the models made of the clips; their frames stay."""
        self._features.clear()
        self._answers.clear()

    def _encode(self, encoding: Encoding) -> list[tuple[Clip, str]]:
        encoded = [encode(clip, encoding) for clip in self.clips]
        return [(clip, _thumbnail(clip)) for clip in encoded]

    def _embed(self, spec: FeatureSpec, encoded: Sequence[tuple[Clip, str]]) -> None:
        """Embed the clips that did not go through this forward pass yet, as they do where two encodings fall
        back to V."""
        missing = [n for n, (clip, _) in enumerate(encoded) if (n, spec, clip.encoding) not in self._features]
        if not missing:
            return
        clips = [encoded[number][0] for number in missing]
        features, embed_s = self._timed("embed", len(clips), lambda: self._store.embed(spec, clips))
        for place, (number, clip) in enumerate(zip(missing, clips, strict=True)):
            part = features.part(slice(place, place + 1))
            self._features[number, spec, clip.encoding] = part, embed_s

    def _timed(self, stage: str, clips: int, act: Callable[[], object]) -> tuple:
        """The result of a stage, and each clip's share of its seconds."""
        start_s = time.perf_counter()
        result = act()
        spent_s = time.perf_counter() - start_s
        self.spend(Latency(**{stage: spent_s}))
        return result, spent_s / clips


@dataclass(frozen=True)
class ClipPass:
    """One clip of a batch, by its number there."""

    batch: ClipBatch
    number: int

    def answer(self, release: Release, encoding: Encoding) -> tuple[NamedClip, Latency]:
        """Answer with a release; the latency is what it would take alone, shared work counted in full.

        Raises WeightsMissing, MissingSignal.
        """
        return self.batch.answer(self.number, release, encoding)

    def spend(self, latency: Latency) -> None:
        """Count seconds that were spent on this clip."""
        self.batch.spend(latency)

    def take_latency(self) -> Latency:
        """The seconds really spent since the last call, on its whole batch; shared work counts once."""
        return self.batch.take_latency()


def _thumbnail(clip: Clip) -> str:
    frame = clip.frames[THUMBNAIL_FRAME]
    width = round(frame.shape[1] * THUMBNAIL_HEIGHT / frame.shape[0])
    small = cv2.resize(frame, (width, THUMBNAIL_HEIGHT), interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY]
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), quality)[1]
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
