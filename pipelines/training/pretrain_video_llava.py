"""Train Video-LLaVA to answer questions about the narrated clips of a manifest."""

from transformers import set_seed

from encodings.clip import FRAMES
from pipelines.training.architectures.tokenizers import llama_tokenizer
from pipelines.training.architectures.video_llava import initialise_video_tower, make_model
from pipelines.training.config import PretrainingRun
from pipelines.training.distributed import processes
from pipelines.training.narrations import open_narrated
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.captioning import CaptioningLearner
from pipelines.training.objectives.dialogues import Dialogues, sentence
from pipelines.training.presets import CAPTIONER_PRESETS, find_preset, with_epochs
from pipelines.training.release_writer import pretraining_command, write_backbone
from pipelines.training.trainer import train
from zoo.release_config import ReleaseConfig

BACKBONE = "video-llava"


def pretrain(run: PretrainingRun) -> None:
    """Train on the training split's narrations, choose the epoch on the validation split.

    With run.vision the video tower is initialised from that X-CLIP's vision tower, where their parts are the
    same.  The folder gets no tower for images.  Raises UnknownPreset, NotNarrated, TrainingDiverged,
    WeightsMissing, and what reading the manifest raises.
    """
    preset = find_preset(CAPTIONER_PRESETS, run.preset)
    size = preset.size
    set_seed(run.seed)
    clips = open_narrated(run.manifest, size.image_side, size.frames, run.cache or run.folder)
    preset = with_epochs(preset, len(clips.training.labels), run.epochs)
    tokenizer = llama_tokenizer(map(sentence, clips.narrations.training_texts))
    model = make_model(size, tokenizer)
    copied = initialise_video_tower(model, run.vision) if run.vision else 0
    dialogues = Dialogues(tokenizer, clips.narrations, size.video_tokens, preset.choice_questions)
    tubelet = FRAMES // size.frames
    auxiliary = AuxiliaryHeads(size.text_hidden, size.patch, len(clips.training.object_names), tubelet)
    learner = CaptioningLearner(model, preset.training, dialogues, auxiliary)
    train(learner, clips.training, clips.validation, run.folder, run.seed)
    if processes().is_main_process:
        source = (
            f" Its video tower began as that of {run.vision.name} ({copied:,} weights)." if copied else ""
        )
        epochs = preset.training.epochs
        config = ReleaseConfig(
            backbone_name=BACKBONE,
            epochs=epochs,
            command=pretraining_command(run, BACKBONE, epochs),
            notes=f"{source} It has no tower for images.",
        )
        write_backbone(run, model, tokenizer, clips, config)
