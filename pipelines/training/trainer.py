"""Training with checkpoints that resume: one epoch after the other, the best kept."""

import json
import re
import shutil
import time
from collections.abc import Callable, Container, Iterator
from pathlib import Path

import torch
from accelerate import Accelerator
from safetensors.torch import load_model, save_model

from pipelines.training.architectures.patches import use_products
from pipelines.training.architectures.videomae_t5 import MEAN, STD
from pipelines.training.augment import augment
from pipelines.training.clip_cache import Batch, PixelCache
from pipelines.training.config import Training
from pipelines.training.muon import Muon
from pipelines.training.objectives.learners import Learner
from pipelines.training.optim import SCHEDULES
from zoo.device import multiplies_bfloat16
from zoo.pixels import PixelSettings, normalise


def train(
    learner: Learner, training: PixelCache, validation: PixelCache, folder: Path, seed: int
) -> list[dict]:
    """Train in a folder, or go on where a run in it stopped; the learner becomes the best in validation.

    Returns what each epoch came to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(learner, len(training.labels), folder)
    run.train(training, validation, PixelSettings(training.pixels.shape[-1], MEAN, STD), seed)
    return run.progress.log


def hours(log: list[dict]) -> float:
    """What the epochs of a run took together, in h."""
    return round(sum(entry["seconds"] for entry in log) / 3600, 2)


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
    """A training run in a folder: `state` to resume from, `best.safetensors`, `log.json`."""

    def __init__(self, learner: Learner, clips: int, folder: Path) -> None:
        use_products(learner)
        training = learner.training_of
        steps = training.epochs * -(-clips // training.batch)
        factor = SCHEDULES[training.schedule]
        optimizers = make_optimizers(learner, training)
        schedules = [
            torch.optim.lr_scheduler.LambdaLR(
                each, lambda step: factor(step, steps, training.epochs, training.warmup)
            )
            for each in optimizers
        ]
        self.accelerator = Accelerator()
        self.learner, *steppers = self.accelerator.prepare(learner, *optimizers, *schedules)
        self.optimizers, self.schedules = steppers[: len(optimizers)], steppers[len(optimizers) :]
        self.training, self.folder, self.progress = training, folder, Progress()
        self.half = multiplies_bfloat16(self.accelerator.device)
        self.accelerator.register_for_checkpointing(self.progress)
        if (folder / "state").exists():
            self.accelerator.load_state(str(folder / "state"))

    def train(self, training: PixelCache, validation: PixelCache, settings: PixelSettings, seed: int) -> None:
        """Train the epochs that are left; afterwards the learner is the best of all in validation."""
        for epoch in range(len(self.progress.log), self.training.epochs):
            start = time.perf_counter()
            loss = self._epoch(training, settings, torch.Generator().manual_seed(seed * 1000 + epoch))
            self.learner.eval()
            with self._precision():
                found = self.learner.judge(self._in_order(validation, settings))
            seconds = round(time.perf_counter() - start, 1)
            entry = {"epoch": epoch + 1, "loss": loss, self.learner.measure: found, "seconds": seconds}
            print(json.dumps(entry), flush=True)
            self._keep(entry)
        load_model(self.learner, self.folder / "best.safetensors")

    def _epoch(self, cache: PixelCache, settings: PixelSettings, generator: torch.Generator) -> float:
        self.learner.train()
        losses = []
        for batch in cache.batches(self.training.batch, generator):
            moved = augment(batch, settings, generator, self.training.recolour)
            with self._precision():
                loss = self.learner(self._on_device(moved), generator)
            self.accelerator.backward(loss)
            self.accelerator.clip_grad_norm_(self.learner.parameters(), self.training.gradient_norm)
            for each in (*self.optimizers, *self.schedules):
                each.step()
            self.learner.zero_grad()
            losses.append(loss.item())
        return sum(losses) / len(losses)

    def _in_order(self, cache: PixelCache, settings: PixelSettings) -> Iterator[Batch]:
        for batch in cache.in_order(self.training.batch):
            yield self._on_device(Batch(normalise(batch.squares, settings), batch.labels))

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.accelerator.device.type, torch.bfloat16, enabled=self.half)

    def _on_device(self, batch: Batch) -> Batch:
        tensors = (batch.squares, batch.labels, batch.objects, batch.gaze)
        return Batch(*(each if each is None else each.to(self.accelerator.device) for each in tensors))

    def _keep(self, entry: dict) -> None:
        """Write down an epoch; `state` is replaced last, so that a broken write is never resumed."""
        name, sign = self.learner.measure, 1 if self.learner.rising else -1
        if all(sign * entry[name] > sign * each[name] for each in self.progress.log):
            _whole(self.folder / "best.safetensors", lambda part: save_model(self.learner, part))
        self.progress.log.append(entry)
        text = json.dumps(self.progress.log, indent=1)
        _whole(self.folder / "log.json", lambda part: part.write_text(text + "\n"))
        _whole(self.folder / "state", lambda part: self.accelerator.save_state(str(part)))


def make_optimizers(learner: torch.nn.Module, training: Training) -> list[torch.optim.Optimizer]:
    """AdamW; with `muon` the matrices of repeated layers leave it for Muon, at the same learning rate."""
    matrices = repeated_matrices(learner) if training.muon else set()
    rest = set(dict(learner.named_parameters())) - matrices
    decay = training.weight_decay
    found = [torch.optim.AdamW(layer_groups(learner, training, rest), weight_decay=decay)]
    if matrices:
        dtype = torch.bfloat16 if multiplies_bfloat16(Accelerator().device) else torch.float32
        found.append(Muon(layer_groups(learner, training, matrices), decay, dtype))
    return found


def repeated_matrices(learner: torch.nn.Module) -> set[str]:
    """Names of the matrices of linear maps inside layers that are stacked."""
    return {
        f"{name}.weight"
        for name, module in learner.named_modules()
        if isinstance(module, torch.nn.Linear) and re.search(r"\b(layers?|block)\.\d+\.", name)
    }


def layer_groups(learner: torch.nn.Module, training: Training, names: Container[str]) -> list[dict]:
    """Named parameters by layer of the encoder: the deeper under its last, the smaller the learning rate."""
    layers = 1 + max(map(_layer, dict(learner.named_parameters())))
    groups: dict[int, list[torch.nn.Parameter]] = {}
    for name, weights in learner.named_parameters():
        above = _layer(name)
        if name in names:
            groups.setdefault(layers if above < 0 else above, []).append(weights)
    return [
        {"params": weights, "lr": training.learning_rate * training.layer_decay ** (layers - layer)}
        for layer, weights in sorted(groups.items())
    ]


def _layer(name: str) -> int:
    """The place of a parameter in VideoMAE's encoder, 0 for its embeddings; -1 outside of it."""
    parts = name.split(".")
    if "embeddings" in parts:
        return 0
    if "layer" in parts and "encoder" in parts[: parts.index("layer")]:
        return 1 + int(parts[parts.index("layer") + 1])
    return -1


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write under another name and rename, so that what has the name is whole."""
    part = path.with_name(path.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    write(part)
    if path.is_dir():
        shutil.rmtree(path)
    part.replace(path)
