"""The training loop: epochs with a state to resume from; the best epoch by validation is kept.

`accelerate launch` runs it in several processes, which share every batch: loss and weights are those of one
process, up to rounding and dropout.
"""

import json
import math
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import torch
from accelerate import Accelerator, DataLoaderConfiguration, DistributedDataParallelKwargs
from safetensors.torch import load_model, save_model

from encodings.errors import UserError
from pipelines.training.architectures.patches import use_products
from pipelines.training.augment import augment, draw_augmentation
from pipelines.training.checkpoints import Progress, keep_state, new_state, state_to_resume
from pipelines.training.clip_cache import Batch, PixelCache
from pipelines.training.config import IMAGE_MEAN, IMAGE_STD
from pipelines.training.distributed import own_shard, processes
from pipelines.training.objectives.learner import Learner
from pipelines.training.optim import make_optimizers, make_schedules
from zoo.atomic_write import PART, atomic_write
from zoo.device import multiplies_bfloat16
from zoo.pixels import PixelSettings, normalise

BEST, LOG = "best.safetensors", "log.json"


class TrainingDiverged(UserError):
    """A training whose loss or metric is not a finite number."""


def train(
    learner: Learner, training: PixelCache, validation: PixelCache, folder: Path, seed: int
) -> list[dict]:
    """Train in a folder, or resume there; afterwards the learner has the weights of its best epoch.

    Returns the log, one entry an epoch.  Raises TrainingDiverged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(learner, len(training.labels), folder)
    run.train(training, validation, PixelSettings(training.pixels.shape[-1], IMAGE_MEAN, IMAGE_STD), seed)
    return run.progress.log


def hours(log: list[dict]) -> float:
    """Duration of all epochs in hours."""
    return round(sum(entry["seconds"] for entry in log) / 3600, 2)


class Run:
    """A training run in a folder: `state` to resume from, `best.safetensors`, `log.json`."""

    def __init__(self, learner: Learner, clips: int, folder: Path) -> None:
        use_products(learner)
        self.learner, self.config, self.folder, self.progress = learner, learner.config, folder, Progress()
        processes()
        self.accelerator = Accelerator(
            # A batch has the same size for any number of processes, and so has a schedule.
            dataloader_config=DataLoaderConfiguration(split_batches=True),
            # Some layers of a library's models are never used.
            kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
        )
        device = self.accelerator.device
        optimizers = make_optimizers(learner, self.config, device)
        schedules = make_schedules(optimizers, self.config, clips)
        self.parallel, *steppers = self.accelerator.prepare(learner, *optimizers, *schedules)
        self.optimizers, self.schedules = steppers[: len(optimizers)], steppers[len(optimizers) :]
        self.half = multiplies_bfloat16(device)
        self._resume()

    def _resume(self) -> None:
        """Load the state of a run that was stopped, by however many processes it was written."""
        self.accelerator.register_for_checkpointing(self.progress)
        self.accelerator.register_save_state_pre_hook(self._unwrap_saved)
        self.accelerator.register_load_state_pre_hook(self._unwrap_loaded)
        with self.accelerator.main_process_first():
            state = state_to_resume(self.folder)
        if state is not None:
            self.accelerator.load_state(str(state))

    def _unwrap_saved(self, models: list, weights: list[dict], folder: str) -> None:
        weights[0] = self.learner.state_dict()

    def _unwrap_loaded(self, models: list, folder: str) -> None:
        models[0] = self.learner

    def train(self, training: PixelCache, validation: PixelCache, settings: PixelSettings, seed: int) -> None:
        """Train the epochs that are left; afterwards the learner has the weights of its best epoch."""
        for epoch in range(len(self.progress.log), self.config.epochs):
            start = time.perf_counter()
            loss = self._epoch(training, settings, torch.Generator().manual_seed(seed * 1000 + epoch))
            metric = self._validate(validation, settings)
            seconds = round(time.perf_counter() - start, 1)
            self._keep({"epoch": epoch + 1, "loss": loss, self.learner.metric: metric, "seconds": seconds})
        if not any(math.isfinite(entry[self.learner.metric]) for entry in self.progress.log):
            raise TrainingDiverged(
                f"No epoch of this training has a finite {self.learner.metric}; lower the learning rate "
                f"{self.config.learning_rate:g} of the preset, or look for broken clips in the manifest."
            )
        load_model(self.learner, self.folder / BEST)

    def _epoch(self, cache: PixelCache, settings: PixelSettings, generator: torch.Generator) -> float:
        """Mean loss of the batches of one epoch."""
        self.learner.train()
        losses = []
        for draw in cache.draws(self.config.batch, generator):
            labels = cache.labels[draw.clips]
            augmentation = draw_augmentation(len(labels), generator, self.config.rotate_hues)
            drawn = self.learner.draw(labels, generator)
            shard = own_shard(len(labels))
            batch = augment(cache.read(draw[shard.rows]), augmentation[shard.rows], settings)
            with self._precision():
                loss = self.parallel(self._on_device(batch), drawn, shard)
            losses.append(self._mean_loss(loss))
            self._step(loss)
        return sum(losses) / len(losses)

    def _mean_loss(self, loss: torch.Tensor) -> float:
        """Loss of the whole batch.  Raises TrainingDiverged if it is not finite."""
        mean = self.accelerator.reduce(loss.detach(), "mean").item()
        if not math.isfinite(mean):
            raise TrainingDiverged(
                f"The loss of epoch {len(self.progress.log) + 1} is {mean}, not a finite number; lower the "
                f"learning rate {self.config.learning_rate:g} of the preset, or look for broken clips in the "
                "manifest."
            )
        return mean

    def _step(self, loss: torch.Tensor) -> None:
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.learner.parameters(), self.config.max_gradient_norm)
        for each in (*self.optimizers, *self.schedules):
            each.step()
        self.learner.zero_grad()

    def _validate(self, cache: PixelCache, settings: PixelSettings) -> float:
        """The learner's metric; the main process computes it, the others wait for it."""
        metric = torch.zeros(1, dtype=torch.float64, device=self.accelerator.device)
        self.learner.eval()
        if self.accelerator.is_main_process:
            with self._precision():
                metric[0] = self.learner.evaluate(self._in_order(cache, settings))
        return self.accelerator.reduce(metric).item()

    def _in_order(self, cache: PixelCache, settings: PixelSettings) -> Iterator[Batch]:
        for batch in cache.in_order(self.config.batch):
            yield self._on_device(Batch(squares=normalise(batch.squares, settings), labels=batch.labels))

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.accelerator.device.type, torch.bfloat16, enabled=self.half)

    def _on_device(self, batch: Batch) -> Batch:
        tensors = {each.name: getattr(batch, each.name) for each in fields(batch)}
        device = self.accelerator.device
        return Batch(**{name: None if each is None else each.to(device) for name, each in tensors.items()})

    def _keep(self, entry: dict) -> None:
        """Write an epoch to disk; `state` is replaced last, so that a broken write is never resumed."""
        is_main, log = self.accelerator.is_main_process, self.progress.log
        if is_main and self._is_best(entry[self.learner.metric]):
            part = self.folder / f"{BEST}{PART}"
            save_model(self.learner, part)
            part.replace(self.folder / BEST)
        log.append(entry)
        if is_main:
            print(json.dumps(entry), flush=True)
            with atomic_write(self.folder / LOG) as file:
                file.write(json.dumps(log, indent=1) + "\n")
        self.accelerator.save_state(str(new_state(self.folder)))
        self.accelerator.wait_for_everyone()
        if is_main:
            keep_state(self.folder)
        self.accelerator.wait_for_everyone()

    def _is_best(self, metric: float) -> bool:
        """Whether a metric is better than that of every epoch before; one that is not finite never is."""
        sign = 1 if self.learner.higher_is_better else -1
        earlier = [entry[self.learner.metric] for entry in self.progress.log]
        finite = [value for value in earlier if math.isfinite(value)]
        return math.isfinite(metric) and all(sign * metric > sign * value for value in finite)
