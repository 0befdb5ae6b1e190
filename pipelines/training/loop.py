"""Training with checkpoints that resume: one epoch after the other, the best kept."""

import json
import math
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import torch
from accelerate import Accelerator
from safetensors.torch import load_model, save_model
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import VideoMAEForVideoClassification, get_cosine_schedule_with_warmup

from pipelines.metrics import weighted_f1
from pipelines.training.augment import augment
from pipelines.training.cache import Batch, PixelCache
from pipelines.training.presets import Preset
from zoo.pixels import PixelSettings, normalise

SEEN_SHARE = 0.03  # an object counts as in a patch if it covers this much of it


class Learner(torch.nn.Module):
    """A VideoMAE classifier, and beside it a layer that names the objects in every patch.

    Whoever names what is where needs far fewer clips to learn what is done with it.  The layer
    learns from the bench's true masks and is no part of the release.
    """

    measure = "validation_f1"

    def __init__(self, model: VideoMAEForVideoClassification, chosen: Preset, kinds: int) -> None:
        super().__init__()
        self.model, self.chosen, self.kinds = model, chosen, kinds
        self.name_objects = torch.nn.Linear(chosen.hidden, kinds) if kinds else None

    def forward(self, batch: Batch) -> torch.Tensor:
        """The loss of a batch whose squares are normalised."""
        tokens = self.model.videomae(batch.squares).last_hidden_state  # [B, T * (S / P) ** 2, D]
        logits = self.model.classifier(self.model.fc_norm(tokens.mean(1)))
        loss = cross_entropy(logits, batch.labels, label_smoothing=self.chosen.label_smoothing)
        if batch.objects is None or self.name_objects is None:
            return loss
        seen = objects_in_patches(batch.objects, self.chosen.patch, self.kinds)
        named = binary_cross_entropy_with_logits(self.name_objects(tokens), seen)
        return loss + self.chosen.object_weight * named

    def validate(self, cache: PixelCache, settings: PixelSettings, device: torch.device) -> float:
        """F1 of every clip in every encoding."""
        truth, said = [], []
        for batch in cache.in_order(self.chosen.batch):
            pixels = normalise(batch.squares, settings).to(device)
            truth += batch.labels.tolist()
            said += self.model(pixel_values=pixels).logits.argmax(-1).tolist()
        return weighted_f1(truth, said)


def objects_in_patches(objects: torch.Tensor, patch: int, kinds: int) -> torch.Tensor:
    """[B, T, S, S] object numbers to [B, T * (S / P) ** 2, K] 0 or 1: which kinds each patch shows."""
    side = objects.shape[-1] // patch
    cells = objects.long().unflatten(3, (side, patch)).unflatten(2, (side, patch))  # [B, T, G, P, G, P]
    count = objects.shape[0] * objects.shape[1] * side * side
    places = torch.arange(count, device=objects.device).view(*objects.shape[:2], side, 1, side, 1)
    # Counting is a hundred times faster than a plane a kind.
    pixels = torch.bincount((places * kinds + cells).flatten(), minlength=count * kinds)
    return (pixels.view(len(objects), -1, kinds) > SEEN_SHARE * patch * patch).float()


class Progress:
    """What a run has done so far; accelerate saves it with the checkpoint."""

    def __init__(self) -> None:
        self.log: list[dict] = []

    def state_dict(self) -> dict:
        """For accelerate."""
        return {"log": self.log}

    def load_state_dict(self, state: dict) -> None:
        """For accelerate."""
        self.log = state["log"]


class Run:
    """A training run in a folder: `state` to resume from, `best.safetensors`, `log.json`.

    A learner is a module that gives the loss of a batch and validates its `model`; its `chosen` has the
    numbers of the training.  precision is accelerate's: "no" or "bf16".
    """

    def __init__(self, learner: torch.nn.Module, steps: int, folder: Path, precision: str = "no") -> None:
        chosen = learner.chosen
        optimizer = torch.optim.AdamW(
            learner.parameters(), chosen.learning_rate, weight_decay=chosen.weight_decay
        )
        schedule = get_cosine_schedule_with_warmup(optimizer, round(chosen.warmup * steps), steps)
        self.accelerator = Accelerator(mixed_precision=precision)
        self.learner, self.optimizer, self.schedule = self.accelerator.prepare(learner, optimizer, schedule)
        self.model, self.chosen, self.folder, self.progress = learner.model, chosen, folder, Progress()
        self.accelerator.register_for_checkpointing(self.progress)
        if (folder / "state").exists():
            self.accelerator.load_state(str(folder / "state"))

    def train(self, training: PixelCache, validation: PixelCache, settings: PixelSettings, seed: int) -> None:
        """Train the epochs that are left; afterwards the model is the best of all, by its measure."""
        for epoch in range(len(self.progress.log), self.chosen.epochs):
            start = time.perf_counter()
            loss = self._epoch(training, settings, torch.Generator().manual_seed(seed * 1000 + epoch))
            measured = self._validate(validation, settings)
            seconds = round(time.perf_counter() - start, 1)
            entry = {"epoch": epoch + 1, "loss": loss, self.learner.measure: measured, "seconds": seconds}
            print(json.dumps(entry), flush=True)
            self._keep(entry)
        load_model(self.model, self.folder / "best.safetensors")

    def _epoch(self, cache: PixelCache, settings: PixelSettings, generator: torch.Generator) -> float:
        self.learner.train()
        losses = []
        for batch in cache.batches(self.chosen.batch, generator):
            loss = self.learner(self._on_device(augment(batch, settings, generator)))
            self.accelerator.backward(loss)
            self.accelerator.clip_grad_norm_(self.learner.parameters(), self.chosen.gradient_norm)
            self.optimizer.step()
            self.schedule.step()
            self.optimizer.zero_grad()
            losses.append(loss.item())
        return sum(losses) / len(losses)

    def _on_device(self, batch: Batch) -> Batch:
        tensors = (batch.squares, batch.labels, batch.objects)
        return Batch(*(each if each is None else each.to(self.accelerator.device) for each in tensors))

    @torch.inference_mode()
    def _validate(self, cache: PixelCache, settings: PixelSettings) -> float:
        self.learner.eval()
        return self.learner.validate(cache, settings, self.accelerator.device)

    def _keep(self, entry: dict) -> None:
        """Write down an epoch; `state` is replaced last, so that a broken write is never resumed."""
        measure = self.learner.measure
        if entry[measure] > max((each[measure] for each in self.progress.log), default=-math.inf):
            _whole(self.folder / "best.safetensors", lambda part: save_model(self.model, part))
        self.progress.log.append(entry)
        text = json.dumps(self.progress.log, indent=1)
        _whole(self.folder / "log.json", lambda part: part.write_text(text + "\n"))
        _whole(self.folder / "state", lambda part: self.accelerator.save_state(str(part)))


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write under another name and rename, so that what has the name is whole."""
    part = path.with_name(path.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    write(part)
    if path.is_dir():
        shutil.rmtree(path)
    part.replace(path)
