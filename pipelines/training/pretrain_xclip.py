"""Train X-CLIP on the narrations of a manifest."""

from transformers import set_seed

from encodings.clip import FRAMES
from pipelines.training.architectures.tokenizers import clip_tokenizer
from pipelines.training.architectures.xclip import make_model
from pipelines.training.config import PretrainingRun
from pipelines.training.distributed import processes
from pipelines.training.narrations import open_narrated
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.contrastive import ContrastiveLearner
from pipelines.training.presets import XCLIP_PRESETS, find_preset, with_epochs
from pipelines.training.release_writer import pretraining_command, write_backbone
from pipelines.training.trainer import train
from zoo.release_config import ReleaseConfig

BACKBONE = "x-clip"


def pretrain(run: PretrainingRun) -> None:
    """Train on the training split's narrations, choose the epoch on the validation split.

    Raises UnknownPreset, NotNarrated, TrainingDiverged, and what reading the manifest raises.
    """
    preset = find_preset(XCLIP_PRESETS, run.preset)
    size = preset.size
    set_seed(run.seed)
    clips = open_narrated(run.manifest, size.image_side, size.frames, run.cache or run.folder)
    preset = with_epochs(preset, len(clips.training.labels), run.epochs)
    tokenizer = clip_tokenizer(clips.narrations.training_texts)
    model = make_model(size, len(tokenizer))
    tubelet = FRAMES // size.frames
    auxiliary = AuxiliaryHeads(size.hidden, size.patch, len(clips.training.object_names), tubelet)
    learner = ContrastiveLearner(model, preset, tokenizer, clips.narrations, auxiliary)
    train(learner, clips.training, clips.validation, run.folder, run.seed)
    if processes().is_main_process:
        epochs = preset.training.epochs
        command = pretraining_command(run, BACKBONE, epochs)
        config = ReleaseConfig(backbone_name=BACKBONE, epochs=epochs, command=command)
        write_backbone(run, model, tokenizer, clips, config)
