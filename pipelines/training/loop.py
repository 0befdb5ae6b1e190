"""Training with checkpoints that resume: one epoch after the other, the best kept."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import torch
from accelerate import Accelerator
from safetensors.torch import load_model, save_model
from transformers import VideoMAEForVideoClassification, get_cosine_schedule_with_warmup

from pipelines.metrics import weighted_f1
from pipelines.training.augment import augment
from pipelines.training.cache import PixelCache
from pipelines.training.presets import Preset
from zoo.pixels import PixelSettings, normalise


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

    def __init__(
        self, model: VideoMAEForVideoClassification, chosen: Preset, steps: int, folder: Path
    ) -> None:
        optimizer = torch.optim.AdamW(
            model.parameters(), chosen.learning_rate, weight_decay=chosen.weight_decay
        )
        warm = round(chosen.warmup * steps)
        schedule = get_cosine_schedule_with_warmup(optimizer, warm, steps)
        self.accelerator = Accelerator()
        self.model, self.optimizer, self.schedule = self.accelerator.prepare(model, optimizer, schedule)
        self.chosen, self.folder, self.progress = chosen, folder, Progress()
        self.loss = torch.nn.CrossEntropyLoss(label_smoothing=chosen.label_smoothing)
        self.accelerator.register_for_checkpointing(self.progress)
        if (folder / "state").exists():
            self.accelerator.load_state(str(folder / "state"))

    def train(self, training: PixelCache, validation: PixelCache, settings: PixelSettings, seed: int) -> None:
        """Train the epochs that are left; afterwards the model is the best of all, by validation F1."""
        for epoch in range(len(self.progress.log), self.chosen.epochs):
            start = time.perf_counter()
            loss = self._epoch(training, settings, torch.Generator().manual_seed(seed * 1000 + epoch))
            f1 = self._validate(validation, settings)
            seconds = time.perf_counter() - start
            entry = {"epoch": epoch + 1, "loss": loss, "validation_f1": f1, "seconds": round(seconds, 1)}
            print(json.dumps(entry), flush=True)
            self._keep(entry)
        load_model(self.accelerator.unwrap_model(self.model), self.folder / "best.safetensors")

    def _epoch(self, cache: PixelCache, settings: PixelSettings, generator: torch.Generator) -> float:
        self.model.train()
        losses = []
        for squares, labels in cache.batches(self.chosen.batch, generator):
            pixels = augment(squares, settings, generator).to(self.accelerator.device)
            loss = self.loss(self.model(pixel_values=pixels).logits, labels.to(pixels.device))
            self.accelerator.backward(loss)
            self.accelerator.clip_grad_norm_(self.model.parameters(), self.chosen.gradient_norm)
            self.optimizer.step()
            self.schedule.step()
            self.optimizer.zero_grad()
            losses.append(loss.item())
        return sum(losses) / len(losses)

    @torch.inference_mode()
    def _validate(self, cache: PixelCache, settings: PixelSettings) -> float:
        self.model.eval()
        truth, said = [], []
        for squares, labels in cache.in_order(self.chosen.batch):
            logits = self.model(pixel_values=normalise(squares, settings).to(self.accelerator.device)).logits
            truth += labels.tolist()
            said += logits.argmax(-1).tolist()
        return weighted_f1(truth, said)

    def _keep(self, entry: dict) -> None:
        """Write down an epoch; `state` is replaced last, so that a broken write is never resumed."""
        best = max((each["validation_f1"] for each in self.progress.log), default=-1.0)
        if entry["validation_f1"] > best:
            _whole(self.folder / "best.safetensors", lambda part: save_model(self._bare(), part))
        self.progress.log.append(entry)
        text = json.dumps(self.progress.log, indent=1)
        _whole(self.folder / "log.json", lambda part: part.write_text(text + "\n"))
        _whole(self.folder / "state", lambda part: self.accelerator.save_state(str(part)))

    def _bare(self) -> torch.nn.Module:
        return self.accelerator.unwrap_model(self.model)


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write under another name and rename, so that what has the name is whole."""
    part = path.with_name(path.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    write(part)
    if path.is_dir():
        shutil.rmtree(path)
    part.replace(path)
