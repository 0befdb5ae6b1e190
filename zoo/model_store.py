"""ModelStore answers with every model, loaded once for all who use it."""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from encodings.clip import Clip
from zoo.batches import in_batches
from zoo.device import Compute, free_memory
from zoo.features import Encoder, Features, FeatureSpec, join
from zoo.hub.download import fetch
from zoo.model_cache import ModelCache
from zoo.model_code import import_model_code
from zoo.predictions import ClipPrediction, Head
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing

BATCH_SHARE = 0.8  # of the memory that is free then may be taken by one forward pass
MAX_BATCH = 32  # clips in one forward pass on a card, which more keep no busier
MAX_BATCH_ON_PROCESSOR = 1  # it is busy with one clip, and takes longer a clip with more


class ModelStore(ModelCache):
    """Loads encoders and heads on first use and shares them.

    max_batch is how many clips a forward pass takes at most; by default it follows from the device.  Model
    libraries are imported here, late, so that the page paints before any of them.
    """

    def __init__(
        self, budget: int | None = None, where: Compute | None = None, max_batch: int | None = None
    ) -> None:
        super().__init__(budget, where)
        self._max_batch = max_batch
        self._fitted: dict[Hashable, int] = {}  # the batch size of models that ran out of memory

    def load(self, release: Release) -> None:
        """Have a release's encoder and head ready.  Raises WeightsMissing."""
        with self._encoder(release.feature_spec), self._head(release):
            pass

    @contextmanager
    def keep(self, release: Release) -> Iterator[None]:
        """Load a release and keep its models until the context ends.  Raises WeightsMissing."""
        spec = release.feature_spec
        with self._encoder(spec), self._head(release), self._lock:
            slots = [self._slots[key] for key in (spec.model, release)]
            for slot in slots:
                slot.keepers += 1
        try:
            yield
        finally:
            with self._lock:
                for slot in slots:
                    slot.keepers -= 1
            self._evict()

    def has_room(self, releases: Sequence[Release]) -> bool:
        """Whether releases fit the budget beside the models that are kept, judged by the size of their files.

        Weights that are on the Hub alone are downloaded.
        """
        parts = {part for each in releases for part in (*each.feature_spec.model[1:], each.weights) if part}
        needed = sum(map(_file_bytes, parts))
        with self._lock:
            kept = sum(slot.model.memory() for slot in self._slots.values() if slot.keepers)
            return kept + needed <= self._limit()

    def embed(self, spec: FeatureSpec, clips: Sequence[Clip]) -> Features:
        """Embed N clips, in one forward pass if there is memory for it.  Raises WeightsMissing."""
        with self._encoder(spec) as encoder:
            most = min(self._room(spec, encoder), max(1, len(clips)))

            def act(part: slice) -> Features:
                return encoder.embed(clips[part], spec.prompt)

            parts, fitted = in_batches(act, len(clips), most, self._clear_card)
            if fitted < most:
                self._fitted[spec.model] = fitted
            return join(parts)

    def answer(self, release: Release, features: Features) -> tuple[ClipPrediction, ...]:
        """The predictions of a release's head, one a clip.  Raises WeightsMissing."""
        count = len(features.vectors)
        with self._head(release) as head:

            def act(part: slice) -> tuple[ClipPrediction, ...]:
                return head.answer(features.part(part))

            parts, _ = in_batches(act, count, max(1, count), self._clear_card)
            return tuple(prediction for part in parts for prediction in part)

    @property
    def max_batch(self) -> int:
        """How many clips a forward pass takes at most, whatever the memory."""
        if self._max_batch is not None:
            return self._max_batch
        return MAX_BATCH if self._has_card else MAX_BATCH_ON_PROCESSOR

    def batch_limit(self, spec: FeatureSpec) -> int:
        """How many clips to embed at once: as many as the device's free memory has room for, and pay.

        Raises WeightsMissing.
        """
        with self._encoder(spec) as encoder:
            return min(self.max_batch, self._room(spec, encoder))

    def _room(self, spec: FeatureSpec, encoder: Encoder) -> int:
        """How many clips fit the device's free memory in one forward pass, at least one."""
        room = int(BATCH_SHARE * free_memory(self.compute.device)) // encoder.clip_bytes()
        return max(1, min(room, self._fitted.get(spec.model, room)))

    def holds(self, release: Release) -> bool:
        """Whether a release could answer without loading anything."""
        with self._lock:
            return all(
                key in self._slots and self._slots[key].model is not None
                for key in (release.feature_spec.model, release)
            )

    def uses(self, weights: Weights) -> bool:
        """Whether a loaded model was read from these weights."""
        with self._lock:
            keys = [key for key, slot in self._slots.items() if slot.model is not None]
        return any(weights in (key.parts if isinstance(key, Release) else key) for key in keys)

    def size(self, release: Release) -> tuple[int, int]:
        """(weights, bytes) of a release's encoder and head.  Raises WeightsMissing."""
        with self._encoder(release.feature_spec) as encoder, self._head(release) as head:
            return encoder.parameters() + head.parameters(), encoder.memory() + head.memory()

    def _encoder(self, spec: FeatureSpec) -> AbstractContextManager[Encoder]:
        def load() -> Encoder:
            self._make_room(sum(_file_bytes(part) for part in spec.model[1:] if part))
            return import_model_code(f"zoo.encoders.{spec.encoder}").load(spec, fetch, self.compute)

        return self._using(spec.model, load)

    def _head(self, release: Release) -> AbstractContextManager[Head]:
        return self._using(
            release,
            lambda: import_model_code(f"zoo.heads.{release.variant.head}").load(release, fetch, self.compute),
        )


def _file_bytes(weights: Weights) -> int:
    """The size of weights on disk; 0 if they are missing, which loading them will report."""
    try:
        folder = fetch(weights)
    except WeightsMissing:
        return 0
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
